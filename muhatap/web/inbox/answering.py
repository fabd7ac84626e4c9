"""Writing: drafts, files, sending, taking back."""

import json

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.channels.contract import FileRef
from muhatap.channels.email import content
from muhatap.conversations import drafting, noting
from muhatap.conversations.models import Conversation, Draft, Message
from muhatap.flow import chatting, reply
from muhatap.shared import clock, files, richtext
from muhatap.web.common import times
from muhatap.web.common.display import Toast
from muhatap.web.common.doors import needs, visitor
from muhatap.web.inbox import composing, opened
from muhatap.web.inbox.composing import Typed
from muhatap.web.inbox.display import Held
from muhatap.web.inbox.pages import find

N_FILES = 20


@require_POST
@needs("conversations.note")
def send(request: HttpRequest, number: int) -> HttpResponse:
    """Send the answer or write the note; whatever is wrong, what was typed stays."""
    conversation, typed = find(request, number), composing.typed(request.POST)
    if typed.kind == "note":
        return _write_note(request, conversation, typed)
    if not may(visitor(request), "conversations.reply"):
        return render(request, "403.html", status=403)
    return _send_reply(request, conversation, typed)


@require_POST
@needs("conversations.note")
def draft(request: HttpRequest, number: int) -> HttpResponse:
    """Keep what is being written; answers with when it was kept."""
    conversation, typed, at = find(request, number), composing.typed(request.POST), clock.now()
    _keep(conversation, typed, request)
    return HttpResponse(_("Draft saved %(time)s") % {"time": times.clock(at)}, content_type="text/plain; charset=utf-8")


@require_POST
@needs("conversations.reply")
def upload(request: HttpRequest, number: int) -> HttpResponse:
    """Store a file and put it into the draft."""
    conversation = find(request, number)
    given = request.FILES.getlist("file")
    problem = _problem(given)
    if not problem:
        stored = [_stored(file) for file in given]
        try:
            drafting.add_files(
                conversation=conversation, by=visitor(request), at=clock.now(), files=stored, most=N_FILES
            )
        except drafting.TooMany:
            problem = _("At most %(n)s files go with one answer.") % {"n": N_FILES}
    return _files(request, conversation, problem)


@require_POST
@needs("conversations.reply")
def remove_file(request: HttpRequest, number: int, sha256: str) -> HttpResponse:
    """Take a file out of the draft."""
    conversation = find(request, number)
    drafting.remove_file(conversation=conversation, by=visitor(request), at=clock.now(), sha256=sha256)
    return _files(request, conversation, "")


@require_POST
@needs("conversations.reply")
def take_back(request: HttpRequest, message: int) -> HttpResponse:
    """Undo a send: the answer is a draft again, or we say that it has left."""
    found = get_object_or_404(
        Message.objects.select_related("conversation__inbox"), pk=message, kind=Message.Kind.OUTBOUND
    )
    number = found.conversation_id
    find(request, number)
    is_back = reply.take_back(message=found, by=visitor(request), at=clock.now())
    text = _("Taken back. Your text is a draft again.") if is_back else _("Too late: it has left already.")
    answer = opened.panes(request, find(request, number), toast=Toast(text=text, icon="undo-2" if is_back else "info"))
    answer["HX-Retarget"], answer["HX-Reswap"] = "#conversation", "innerHTML"
    return answer


@require_POST
@needs("conversations.reply")
def read(request: HttpRequest, number: int) -> HttpResponse:
    """“I've read it”: what held the send is seen now, the draft is as it was."""
    conversation = find(request, number)
    if conversation.last_inbound_id:
        chatting.we_read(
            conversation=conversation, message_id=conversation.last_inbound_id, by=visitor(request), at=clock.now()
        )
    shown = composing.composer(conversation, visitor(request), now=clock.now())
    return render(request, "inbox/_composer.html", {"composer": shown})


def _write_note(request: HttpRequest, conversation: Conversation, typed: Typed) -> HttpResponse:
    html = richtext.clean(typed.html)
    try:
        noting.write_note(
            conversation=conversation, html=html, text=richtext.to_text(html), by=visitor(request), at=clock.now()
        )
    except noting.Empty:
        return _refused(request, conversation, typed, _("There is nothing to save yet."))
    return _done(request, conversation, None)


def _send_reply(request: HttpRequest, conversation: Conversation, typed: Typed) -> HttpResponse:
    if typed.wrong:
        return _refused(
            request,
            conversation,
            typed,
            _("“%(address)s” is no e-mail address. Nothing was sent.") % {"address": typed.wrong[0]},
        )
    draft = _draft(conversation, request)
    answer = reply.Answer(
        html=typed.html,
        to=typed.to,
        cc=typed.cc,
        bcc=typed.bcc,
        files=composing.files_of(draft),
        seen_message_id=None if request.POST.get("anyway") else typed.seen or 0,
        stood_id=None if request.POST.get("anyway") else typed.stood,
    )
    try:
        message = reply.send(
            conversation=conversation,
            answer=answer,
            by=visitor(request),
            at=clock.now(),
            and_resolve=request.POST.get("then") == "resolve",
        )
    except reply.Empty:
        return _refused(request, conversation, typed, _("There is nothing to send yet."))
    except reply.NoRecipient:
        return _refused(request, conversation, typed, _("Nobody would receive it: write an address."))
    except reply.SomethingNew as news:
        _keep(conversation, typed, request)
        return _held(request, conversation, typed, by=news.by)
    return _done(request, conversation, message)


def _done(request: HttpRequest, conversation: Conversation, message: Message | None) -> HttpResponse:
    toast = None
    if message:
        seconds = int(settings.UNDO_SEND.total_seconds())
        text = _("On its way to %(name)s") % {"name": conversation.contact}
        toast = Toast(text=text, icon="send", undo_url=reverse("inbox:take_back", args=[message.pk]), seconds=seconds)
    answer = opened.panes(request, find(request, conversation.pk), toast=toast)
    answer["HX-Retarget"], answer["HX-Reswap"] = "#conversation", "innerHTML"
    return answer


def _refused(request: HttpRequest, conversation: Conversation, typed: Typed, error: str) -> HttpResponse:
    shown = composing.composer(conversation, visitor(request), now=clock.now(), error=error, kept=typed)
    return render(request, "inbox/_composer.html", {"composer": shown})


def _held(request: HttpRequest, conversation: Conversation, typed: Typed, *, by: User | None) -> HttpResponse:
    text = _("%(name)s wrote again meanwhile.") % {"name": conversation.contact}
    if by:
        text = _("%(name)s answered while you were writing.") % {"name": by.name.split()[0]}
    held = Held(
        title=_("Not sent."),
        text=text,
        read_url=reverse("inbox:read", args=[conversation.pk]),
        anyway="yes",
    )
    shown = composing.composer(conversation, visitor(request), now=clock.now(), held=held, kept=typed)
    return render(request, "inbox/_composer.html", {"composer": shown})


def _keep(conversation: Conversation, typed: Typed, request: HttpRequest) -> None:
    typed_content: dict[str, object] = {"html": richtext.clean(typed.html)}
    if typed.kind == "reply":
        whom = {"to": typed.to, "cc": typed.cc, "bcc": typed.bcc}
        typed_content |= {name: [{"name": one.name, "email": one.email} for one in some] for name, some in whom.items()}
        known = conversation.messages.filter(pk=typed.answers).exists() if typed.answers else False
        typed_content["answers_id"] = typed.answers if known else None
    chatting.we_write(conversation=conversation, kind=typed.kind, by=visitor(request), at=clock.now(), **typed_content)


def _draft(conversation: Conversation, request: HttpRequest) -> Draft | None:
    return Draft.objects.filter(conversation=conversation, by=visitor(request), kind="reply").first()


def _problem(given: list[UploadedFile[bytes]]) -> str:
    if not given:
        return _("No file was chosen.")
    too_large = [file for file in given if (file.size or 0) > settings.MAX_UPLOAD_BYTES]
    if too_large:
        limit = times.size(settings.MAX_UPLOAD_BYTES)
        return _("“%(name)s” is larger than %(limit)s.") % {"name": too_large[0].name, "limit": limit}
    return ""


def _stored(file: UploadedFile[bytes]) -> dict[str, object]:
    sha256, size = files.store(file.chunks())
    name = (file.name or "file").replace("\x00", "")[-200:]
    kept = FileRef(name=name, type=_kind(sha256), size=size, sha256=sha256)
    return {
        "name": kept.name,
        "type": kept.type,
        "size": kept.size,
        "sha256": kept.sha256,
        "content_id": "",
        "is_inline": False,
    }


def _kind(sha256: str) -> str:
    with files.opened(sha256) as stored:
        return content.kind(stored.read(4096)) or "application/octet-stream"


def _files(request: HttpRequest, conversation: Conversation, problem: str) -> HttpResponse:
    shown = composing.composer(conversation, visitor(request), now=clock.now())
    answer = render(request, "inbox/_composer_files.html", {"composer": shown})
    if problem:
        answer["HX-Trigger"] = json.dumps({"muhatap:problem": {"text": problem}})
    return answer
