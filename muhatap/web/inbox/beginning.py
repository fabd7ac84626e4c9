"""Writing first: a new conversation by e-mail with somebody we know."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.core import signing
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from muhatap.channels.contract import Address, FileRef
from muhatap.channels.email import quotes
from muhatap.channels.models import Inbox
from muhatap.contacts.models import Contact
from muhatap.conversations.models import Conversation, Message
from muhatap.conversations.visibility import visible_inboxes
from muhatap.flow import reply
from muhatap.shared import clock, richtext
from muhatap.shared.address import is_plausible
from muhatap.triggers.models import Firing
from muhatap.web.common import reading, times, uploading
from muhatap.web.common.doors import needs, visitor
from muhatap.web.inbox import addressing, checking
from muhatap.web.inbox.display import Check
from muhatap.web.inbox.drafts import N_FILES
from muhatap.web.inbox.public import answered_by_mail, quote

KEPT_SALT = "files of a first mail"
LONGEST = 200_000  # of the names of kept files


@dataclass(frozen=True, kw_only=True)
class Put:
    """A file that was put up, as the form shows it; `key` names it for the way out."""

    key: str
    name: str
    size: str


class FirstWords(forms.Form):
    """From which inbox, to which addresses, about what."""

    inbox = forms.ModelChoiceField(label=gettext_lazy("From"), queryset=Inbox.objects.none(), empty_label=None)
    to = forms.CharField(label=gettext_lazy("To"), max_length=2000)
    cc = forms.CharField(label=gettext_lazy("Cc"), max_length=2000, required=False)
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=300)
    text = forms.CharField(
        label=gettext_lazy("Message"),
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 10, "data-grows": ""}),
    )

    def __init__(self, *args: Any, inboxes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[Inbox]", self.fields["inbox"]).queryset = inboxes

    def clean_to(self) -> tuple[Address, ...]:
        return _people(self.cleaned_data["to"])

    def clean_cc(self) -> tuple[Address, ...]:
        return _people(self.cleaned_data["cc"])


@needs("conversations.reply")
def begin(request: HttpRequest, contact_id: int) -> HttpResponse:
    """A form; posted, the mail is queued and its thread opened. What was typed and put up stays, whatever is wrong."""
    contact = get_object_or_404(Contact, pk=contact_id, merged_into=None)
    inboxes = visible_inboxes(visitor(request)).filter(kind="email", is_enabled=True).order_by("name")
    public = answered_by_mail(request.GET.get("public", ""), contact=contact, user=visitor(request))
    form = FirstWords(request.POST or None, inboxes=inboxes, initial=_first(request, contact, inboxes, public))
    page: dict[str, Any] = {"form": form, "contact": contact, "has_inbox": inboxes.exists(), "public": public}
    if request.method != "POST":
        return render(request, "inbox/new.html", page)
    files, problem = _files(request)
    asked: tuple[Check, ...] = ()
    if form.is_valid() and not problem:
        asked = _asked(request, form, files)
        if not asked and (begun := _begun(request, contact, form, files, public)):
            return redirect("inbox:conversation", begun.conversation_id)
    shown = [Put(key=file.sha256, name=file.name, size=times.size(file.size)) for file in files]
    kept = signing.dumps([uploading.as_kept(file) for file in files], salt=KEPT_SALT)
    page |= {"files": shown, "kept": kept, "problem": problem, "asked": asked}
    page["sure"] = " ".join(sorted({*_said_yes(request), *(check.code for check in asked)}))
    return render(request, "inbox/new.html", page, status=422)


def _begun(
    request: HttpRequest, contact: Contact, form: FirstWords, files: Sequence[FileRef], public: Conversation | None
) -> Message | None:
    """The mail on its way; None when it was refused, and the form says why."""
    told = form.cleaned_data
    if public and _lines(told["text"]) == _lines(quote(public)):
        form.add_error("text", _("There is nothing to send yet."))
        return None
    to = tuple(Address(email=one.email, name=one.name or _name(contact, one.email)) for one in told["to"])
    answer = reply.Answer(html=richtext.from_text(told["text"]), to=to, cc=told["cc"], files=files, is_signed=True)
    try:
        return reply.begin(
            inbox=told["inbox"],
            contact=contact,
            subject=told["subject"],
            answer=answer,
            by=visitor(request),
            at=clock.now(),
            public=public,
        )
    except reply.NoRecipient:
        form.add_error("to", _("This is one of our own inboxes. Nothing was sent."))
    except reply.OverLimit as error:
        form.add_error("text", checking.over_limit(error.excess))
    except reply.Empty:
        form.add_error("text", _("There is nothing to send yet."))
    return None


def _asked(request: HttpRequest, form: FirstWords, files: Sequence[FileRef]) -> tuple[Check, ...]:
    told = form.cleaned_data
    html = richtext.from_text(quotes.reply(told["text"].replace("\r\n", "\n")))  # what they wrote says nothing of ours
    found = checking.first_checks(told["inbox"], html=html, to=told["to"], cc=told["cc"], files=files)
    return checking.asked(found, _said_yes(request))


def _said_yes(request: HttpRequest) -> set[str]:
    return set(request.POST.get("sure", "")[:1000].split())


def _first(
    request: HttpRequest, contact: Contact, inboxes: "QuerySet[Inbox]", public: Conversation | None
) -> dict[str, Any]:
    """What stands in the form at first: the draft of a task, when it came from there; below, the post that it answers."""
    number = reading.number(request.GET.get("task", ""))
    task = Firing.objects.filter(pk=number, contact=contact).first() if number else None
    text = f"{task.text if task else ''}\n\n{quote(public)}" if public else task.text if task else ""
    subject = public.subject if public else ""
    return {"to": contact.email, "inbox": inboxes.first(), "subject": subject, "text": text}


def _lines(text: str) -> list[str]:
    return text.strip().splitlines()


def _people(text: str) -> tuple[Address, ...]:
    """Raises ValidationError with the first that is no address."""
    found = addressing.fields(text, "", "")["to"]
    wrong = next((one for one in found if not is_plausible(one.email)), None)
    if wrong:
        raise forms.ValidationError(
            _("“%(address)s” is no e-mail address. Nothing was sent.") % {"address": wrong.email}
        )
    return found


def _name(contact: Contact, email: str) -> str:
    return contact.name if email == contact.email else ""


def _files(request: HttpRequest) -> tuple[tuple[FileRef, ...], str]:
    """What was put up now and before, without what was taken out; and why some of it was not taken."""
    try:
        kept = signing.loads(request.POST.get("kept", "")[:LONGEST], salt=KEPT_SALT)
    except signing.BadSignature:
        kept = []
    out = set(request.POST.getlist("out"))
    before = tuple(FileRef(**file) for file in kept if file["sha256"] not in out)
    given = request.FILES.getlist("files")
    problem = uploading.problem(given) if given else ""
    if not problem and len(before) + len(given) > N_FILES:
        problem = _("At most %(n)s files go with one answer.") % {"n": N_FILES}
    if problem:
        return before, problem
    return (*before, *(FileRef(**cast("dict[str, Any]", uploading.stored(file))) for file in given)), ""
