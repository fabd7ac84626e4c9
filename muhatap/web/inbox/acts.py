"""The daily acts on a conversation: each reads its input, makes one call, shows the result."""

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from muhatap.accounts.models import Team, User
from muhatap.contacts import noting
from muhatap.contacts import tagging as naming
from muhatap.conversations import assigning, blocking, closing, prioritising, renaming, snoozing, tagging, visibility
from muhatap.conversations.models import Conversation, Message
from muhatap.flow import reply
from muhatap.interactions import outbox
from muhatap.interactions.models import Outgoing
from muhatap.shared import clock
from muhatap.web.common import reading, times
from muhatap.web.common.display import Toast
from muhatap.web.common.doors import needs, visitor
from muhatap.web.inbox import blocked, card, opened
from muhatap.web.inbox.pages import find

UNDO_SECONDS = 10
HANDED_ON = "inbox/_handed_on.html"


@require_POST
@needs("conversations.assign")
def assign(request: HttpRequest, number: int) -> HttpResponse:
    """?to=user:3, team:2 or nobody."""
    conversation = find(request, number)
    kind, _colon, text = request.GET.get("to", "").partition(":")
    pk, by, at = reading.number(text), visitor(request), clock.now()
    if kind == "team" and pk:
        assigning.hand_to_team(conversation=conversation, team=get_object_or_404(Team, pk=pk), by=by, at=at)
    elif kind == "user" and pk:
        assigning.assign(conversation=conversation, to=get_object_or_404(User, pk=pk, is_active=True), by=by, at=at)
    elif kind == "nobody":
        assigning.assign(conversation=conversation, to=None, by=by, at=at)
    else:
        raise Http404
    seen = visibility.find(by, number)
    return opened.after_act(request, seen) if seen else render(request, HANDED_ON)


@needs("conversations.read")
def handed_on(request: HttpRequest) -> HttpResponse:
    """What stands in the place of a conversation that was given out of its reader's sight."""
    return render(request, HANDED_ON)


@require_POST
@needs("conversations.organise")
def snooze(request: HttpRequest, number: int) -> HttpResponse:
    """?until= one of the moments offered."""
    now = clock.now()
    until = opened.moments(now).get(request.GET.get("until", ""))
    if until is None:
        raise Http404
    conversation = find(request, number)
    try:
        snoozing.snooze(conversation=conversation, until=until, by=visitor(request), at=now)
    except snoozing.NotOpen:
        text = _("Not snoozed: it is resolved. Reopen it first.")
        return opened.after_act(request, find(request, number), toast=Toast(text=text, icon="circle-alert"))
    text = _("Snoozed until %(when)s") % {"when": times.stamp(until, now)}
    undo = Toast(text=text, icon="moon-star", undo_url=reverse("inbox:unsnooze", args=[number]), seconds=UNDO_SECONDS)
    return opened.after_act(request, find(request, number), toast=undo)


@require_POST
@needs("conversations.organise")
def unsnooze(request: HttpRequest, number: int) -> HttpResponse:
    """Take a snooze back, from its toast."""
    snoozing.take_back(conversation=find(request, number), by=visitor(request), at=clock.now())
    return _undone(request, number)


@require_POST
@needs("conversations.organise")
def prioritise(request: HttpRequest, number: int) -> HttpResponse:
    """?to=-1, 0, 1 or 2."""
    wanted = {str(value): value for value in Conversation.Priority.values}.get(request.GET.get("to", ""))
    if wanted is None:
        raise Http404
    conversation = find(request, number)
    prioritising.prioritise(conversation=conversation, priority=wanted, by=visitor(request), at=clock.now())
    return opened.after_act(request, find(request, number))


@require_POST
@needs("conversations.organise")
def resolve(request: HttpRequest, number: int) -> HttpResponse:
    closing.resolve(conversation=find(request, number), by=visitor(request), at=clock.now())
    undo = Toast(text=_("Resolved"), undo_url=reverse("inbox:unclose", args=[number]), seconds=UNDO_SECONDS)
    return opened.after_act(request, find(request, number), toast=undo)


@require_POST
@needs("conversations.organise")
def reopen(request: HttpRequest, number: int) -> HttpResponse:
    closing.reopen(conversation=find(request, number), by=visitor(request), at=clock.now())
    return opened.after_act(request, find(request, number))


@require_POST
@needs("conversations.organise")
def unclose(request: HttpRequest, number: int) -> HttpResponse:
    """Take resolving, or marking as spam, back from its toast: everything is as before."""
    closing.take_back(conversation=find(request, number), by=visitor(request), at=clock.now())
    return _undone(request, number)


@require_POST
@needs("conversations.organise")
def spam(request: HttpRequest, number: int) -> HttpResponse:
    """Put away; ?block=sender also blocks whoever wrote last."""
    conversation = find(request, number)
    said = _block_sender(request, conversation) if request.GET.get("block") == "sender" else ""
    closing.mark_spam(conversation=conversation, by=visitor(request), at=clock.now())
    text = " ".join(filter(None, [_("Moved to spam."), said]))
    undo = Toast(text=text, undo_url=reverse("inbox:unclose", args=[number]), seconds=UNDO_SECONDS)
    return opened.after_act(request, find(request, number), toast=undo)


def _block_sender(request: HttpRequest, conversation: Conversation) -> str:
    """What came of blocking, as a sentence."""
    written = conversation.messages.filter(kind=Message.Kind.INBOUND).order_by("-at", "-id").first()
    address = str(written.sender.get("email", "")) if written else ""
    try:
        row = blocking.block(value=address, reason=conversation.subject, by=visitor(request), at=clock.now())
    except blocking.BadBlock as error:
        return blocked.refusal(error.code)
    return _("%(address)s is blocked.") % {"address": row.value}


def _undone(request: HttpRequest, number: int) -> HttpResponse:
    """The panes again, put in place although a toast's button asked."""
    answer = opened.panes(request, find(request, number), toast=Toast(text=_("Taken back"), icon="undo-2"))
    answer["HX-Retarget"], answer["HX-Reswap"] = "#conversation", "innerHTML"
    return answer


@require_POST
@needs("conversations.organise")
def tag(request: HttpRequest, number: int) -> HttpResponse:
    conversation, said = find(request, number), {}
    name = " ".join(reading.words(request.POST.get("name"), 200).split())
    try:
        tagging.tag(conversation=conversation, tag=naming.named(name), by=visitor(request), at=clock.now())
    except naming.BadTag:
        said["tag_refused"] = Toast(text=_("Not tagged: write a tag of at most 60 characters."), icon="circle-alert")
    return render(request, "inbox/_tags.html", opened.tags(conversation, may_organise=True) | said)


@require_POST
@needs("conversations.organise")
def untag(request: HttpRequest, number: int, tag: int) -> HttpResponse:
    conversation = find(request, number)
    found = get_object_or_404(conversation.tags, pk=tag)
    tagging.untag(conversation=conversation, tag=found, by=visitor(request), at=clock.now())
    return render(request, "inbox/_tags.html", opened.tags(conversation, may_organise=True))


class SubjectForm(forms.Form):
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=renaming.LONGEST)


@needs("conversations.organise")
def rename(request: HttpRequest, number: int) -> HttpResponse:
    """Call it otherwise here; the customer's mails keep their subject."""
    conversation = find(request, number)
    form = SubjectForm(request.POST or None, initial={"subject": conversation.subject})
    if request.method == "POST" and form.is_valid():
        subject = form.cleaned_data["subject"]
        renaming.rename(conversation=conversation, subject=subject, by=visitor(request), at=clock.now())
        return redirect("inbox:conversation", conversation.pk)
    page = {"form": form, "conversation": conversation}
    return render(request, "inbox/rename.html", page, status=422 if form.errors else 200)


@require_POST
@needs("conversations.reply")
def settle(request: HttpRequest, outgoing: int, how: str) -> HttpResponse:
    """Decide about a sending nobody knows the fate of, or try a refused one again."""
    told = Outgoing.objects.filter(interaction__message__isnull=False).select_related("interaction__message")
    found = get_object_or_404(told, pk=outgoing)
    number = found.interaction.message.conversation_id
    find(request, number)
    if how not in ("again", "sent"):
        raise Http404
    try:
        outbox.settle(outgoing=found, send_again=how == "again", by=visitor(request), at=clock.now())
    except outbox.NotUncertain:
        return opened.panes(
            request, find(request, number), toast=Toast(text=_("This was decided meanwhile."), icon="info")
        )
    reply.tell_fate(found)
    return opened.panes(request, find(request, number))


@require_POST
@needs("contacts.edit")
def contact_note(request: HttpRequest, number: int) -> HttpResponse:
    """A note on the customer, written from the card."""
    conversation = find(request, number)
    now = clock.now()
    try:
        noting.write(contact=conversation.contact, text=request.POST.get("text", ""), by=visitor(request), at=now)
        refused = ""
    except noting.BadNote:
        refused = _("A note has at least one letter and at most 10,000. Nothing was saved.")
    context = {
        "card": card.card(conversation, visitor(request), now),
        "refused": refused,
        "typed": request.POST.get("text", ""),
    }
    return render(request, "inbox/_card.html", context)
