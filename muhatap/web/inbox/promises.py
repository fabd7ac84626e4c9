"""The composer's promises: a sentence of the draft is offered as one, and a person says whether it is."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from muhatap.accounts.permissions import may
from muhatap.conversations import ourselves, recent
from muhatap.conversations.models import Conversation, Draft
from muhatap.flow import promises
from muhatap.flow.promises import Offer
from muhatap.service import promising
from muhatap.shared import clock, richtext
from muhatap.web.common.doors import needs, visitor
from muhatap.web.common.reading import words
from muhatap.web.inbox import addressing, checking, composing, promised
from muhatap.web.inbox.display import Promised
from muhatap.web.inbox.pages import find
from muhatap.web.inbox.promise_forms import OfferForm, initial

DENIED = "no_promises"  # in the session: what this person said is none, the newest of it
REMEMBERED = 60


@require_POST
@needs("promises.make")
def save(request: HttpRequest, number: int) -> HttpResponse:
    """It is a promise: it stands in the draft, and is owed when that is sent."""
    conversation, now = find(request, number), clock.now()
    if offer := _offer(request, conversation, now):
        promises.note(conversation=conversation, terms=offer.terms, by=visitor(request), at=now)
    return _again(request, conversation, now)


@needs("promises.make")
def edit(request: HttpRequest, number: int) -> HttpResponse:
    """What is offered, to be changed before it is saved: its name, its moment, its kind, what it may cost."""
    conversation, now = find(request, number), clock.now()
    offer = _offer(request, conversation, now)
    if offer is None:
        return _again(request, conversation, now, template="inbox/_offer_saved.html")
    form = OfferForm(request.POST or None, initial=initial(offer.terms), auto_id="offer_%s")
    if request.method == "POST" and form.is_valid():
        try:
            promises.note(conversation=conversation, terms=form.terms(offer.terms), by=visitor(request), at=now)
        except promising.NotThen:
            form.add_error("due_at", _("This moment is over, or too far away."))
        else:
            return _again(request, conversation, now, template="inbox/_offer_saved.html")
    post_url = f"{reverse('inbox:edit_promise', args=[conversation.pk])}?key={offer.key}"
    answer = render(request, "inbox/_offer.html", {"form": form, "post_url": post_url, "words": offer.terms.words})
    if form.errors:
        answer["HX-Retarget"], answer["HX-Reswap"] = "#offer-dialog", "innerHTML"
    return answer


@require_POST
@needs("promises.make")
def deny(request: HttpRequest, number: int) -> HttpResponse:
    """It is none: these words are not offered again."""
    conversation = find(request, number)
    denied = [one for one in request.session.get(DENIED, []) if one != _key(request)]
    request.session[DENIED] = [*denied, _key(request)][-REMEMBERED:]
    return _again(request, conversation, clock.now())


@require_POST
@needs("promises.make")
def forget(request: HttpRequest, number: int, promise: int) -> HttpResponse:
    """Take a promise out of the draft again."""
    conversation = find(request, number)
    row = get_object_or_404(promises.drafted(conversation, visitor(request)), pk=promise)
    promising.forget_draft(promise=row)
    return _again(request, conversation, clock.now())


def lines(request: HttpRequest, conversation: Conversation, html: str, now: datetime) -> tuple[Promised, ...]:
    """What stands in the draft and what looks like a promise in it."""
    if not may(visitor(request), "promises.make"):
        return ()
    found = _offers(request, conversation, html, now)
    return (
        *promised.noted(conversation, visitor(request), html, now=now),
        *promised.offered(conversation, found, now=now),
    )


def _offers(request: HttpRequest, conversation: Conversation, html: str, now: datetime) -> list[Offer]:
    text, denied = richtext.to_text(richtext.clean(html)), set(request.session.get(DENIED, []))
    found = promises.offers(conversation=conversation, text=text, by=visitor(request), at=now)
    return [one for one in found if one.key not in denied]


def _offer(request: HttpRequest, conversation: Conversation, now: datetime) -> Offer | None:
    """The one that was pressed, as the draft offers it now."""
    found = _offers(request, conversation, _html(request, conversation), now)
    return next((one for one in found if one.key == _key(request)), None)


def _again(
    request: HttpRequest, conversation: Conversation, now: datetime, *, template: str = "inbox/_composer_checks.html"
) -> HttpResponse:
    """The lines under the draft as it is kept."""
    user = visitor(request)
    draft = Draft.objects.filter(conversation=conversation, by=user, kind="reply").first()
    html = draft.html if draft else ""
    whom = addressing.fields(*(composing.written_of(draft, field) for field in ("to", "cc", "bcc")))
    heads, us = recent.heads(conversation), ourselves.as_seen_by(user)
    page = {
        "checks": checking.checks(heads, us, html=html, files=composing.files_of(draft), at=now, **whom)
        if draft
        else (),
        "promises": lines(request, conversation, html, now),
        "other": composing.other_version(conversation, user, now),
    }
    return render(request, template, page)


def _html(request: HttpRequest, conversation: Conversation) -> str:
    draft = Draft.objects.filter(conversation=conversation, by=visitor(request), kind="reply").first()
    return draft.html if draft else ""


def _key(request: HttpRequest) -> str:
    return words(request.GET.get("key"), 16)
