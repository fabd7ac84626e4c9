"""Sending: now, later, held, asked, taken back; and notes."""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.conversations import noting, ourselves, recent
from muhatap.conversations.models import Conversation, Draft, Message
from muhatap.flow import chatting, later, reply
from muhatap.shared import clock, richtext
from muhatap.web.common.display import Toast
from muhatap.web.common.doors import needs, visitor
from muhatap.web.inbox import checking, composing, drafts, opened, public, scheduling
from muhatap.web.inbox.display import Check, Held
from muhatap.web.inbox.pages import find
from muhatap.web.inbox.typed import Typed, as_words, read_form


@require_POST
@needs("conversations.note")
def send(request: HttpRequest, number: int) -> HttpResponse:
    """Send the answer or write the note; whatever is wrong, what was typed stays."""
    conversation, typed = find(request, number), read_form(request.POST)
    if typed.kind == "note":
        return _write_note(request, conversation, typed)
    if not may(visitor(request), "conversations.reply"):
        return render(request, "403.html", status=403)
    if public.is_elsewhere(conversation):
        return _note_answer(request, conversation, typed)
    return _send_reply(request, conversation, typed)


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
            conversation=conversation,
            html=html,
            text=richtext.to_text(html),
            by=visitor(request),
            at=clock.now(),
            is_draft=True,
        )
    except noting.Empty:
        return _refused(request, conversation, typed, _("There is nothing to save yet."))
    return _done(request, conversation, None)


def _note_answer(request: HttpRequest, conversation: Conversation, typed: Typed) -> HttpResponse:
    """It was said elsewhere: nothing is sent, the thread knows it."""
    there, and_resolve = request.POST.get("there", ""), typed.how.get("then") == "resolve"
    try:
        public.note(conversation, html=typed.html, there=there, by=visitor(request), and_resolve=and_resolve)
    except reply.Empty:
        return _refused(request, conversation, typed, _("Write what you answered there."))
    except public.NoAddress:
        return _refused(request, conversation, typed, _("The address of your answer begins with https://."))
    return _done(request, conversation, None)


def _send_reply(request: HttpRequest, conversation: Conversation, typed: Typed) -> HttpResponse:
    if typed.wrong:
        return _refused(
            request,
            conversation,
            typed,
            _("“%(address)s” is no e-mail address. Nothing was sent.") % {"address": typed.wrong[0]},
        )
    files, now = composing.files_of(_draft(conversation, request)), clock.now()
    whom = {"to": typed.to, "cc": typed.cc, "bcc": typed.bcc}
    heads, us = recent.heads(conversation), ourselves.as_seen_by(visitor(request))
    found = checking.checks(heads, us, html=typed.html, files=files, at=now, **whom)
    if open_questions := checking.asked(found, typed.sure):
        drafts.keep(conversation, typed, request)
        return _refused(request, conversation, typed, "", asked=open_questions)
    answer = reply.Answer(
        html=typed.html,
        files=files,
        seen_message_id=None if request.POST.get("anyway") else typed.seen or 0,
        stood_id=None if request.POST.get("anyway") else typed.stood,
        is_signed=True,
        signature=typed.signature or "",
        is_draft=True,
        **whom,
    )
    try:
        return _off(request, conversation, answer, typed.how, now)
    except (reply.Empty, reply.NoRecipient, reply.OverLimit, later.NotThen) as error:
        drafts.keep(conversation, typed, request)
        return _refused(request, conversation, typed, _why_not(error))
    except reply.SomethingNew as news:
        drafts.keep(conversation, typed, request)
        return _held(request, conversation, typed, by=news.by)


def _off(
    request: HttpRequest, conversation: Conversation, answer: reply.Answer, how: dict[str, str], now: datetime
) -> HttpResponse:
    """Send it now, or keep it for its moment when one was chosen."""
    by, and_resolve = visitor(request), how.get("then") == "resolve"
    name = how.get("later", "")
    if not name:
        message = reply.send(conversation=conversation, answer=answer, by=by, at=now, and_resolve=and_resolve)
        return _done(request, conversation, message)
    send_at = scheduling.chosen(name, how.get("later_at", ""), now, conversation.inbox_id)
    if send_at is None:
        raise later.NotThen
    row = later.schedule(
        conversation=conversation, answer=answer, send_at=send_at, by=by, at=now, and_resolve=and_resolve
    )
    undo = reverse("inbox:scheduled_back", args=[row.pk])
    return _opened(request, conversation, Toast(text=scheduling.said(send_at), icon="clock", undo_url=undo, seconds=10))


def _why_not(error: Exception) -> str:
    if isinstance(error, reply.OverLimit):
        return checking.over_limit(error.excess)
    return {
        reply.Empty: _("There is nothing to send yet."),
        reply.NoRecipient: _("Nobody would receive it: write an address."),
        later.NotThen: scheduling.not_then(),
    }[type(error)]


def _done(request: HttpRequest, conversation: Conversation, message: Message | None) -> HttpResponse:
    toast = None
    if message:
        seconds = int(settings.UNDO_SEND.total_seconds())
        text = _("On its way to %(name)s") % {"name": conversation.contact}
        toast = Toast(text=text, icon="send", undo_url=reverse("inbox:take_back", args=[message.pk]), seconds=seconds)
    return _opened(request, conversation, toast)


def _opened(request: HttpRequest, conversation: Conversation, toast: Toast | None) -> HttpResponse:
    answer = opened.after_act(request, find(request, conversation.pk), toast=toast)
    answer["HX-Retarget"], answer["HX-Reswap"] = "#conversation", "innerHTML"
    return answer


def _refused(
    request: HttpRequest, conversation: Conversation, typed: Typed, error: str, asked: tuple[Check, ...] = ()
) -> HttpResponse:
    shown = composing.composer(conversation, visitor(request), now=clock.now(), error=error, kept=typed, asked=asked)
    return render(request, "inbox/_composer.html", {"composer": shown})


def _held(request: HttpRequest, conversation: Conversation, typed: Typed, *, by: User | None) -> HttpResponse:
    text = _("%(name)s wrote again meanwhile.") % {"name": conversation.contact}
    if by:
        text = _("%(name)s answered while you were writing.") % {"name": by.name.split()[0]}
    held = Held(
        title=_("Not sent."),
        text=text,
        read_url=reverse("inbox:read", args=[conversation.pk]),
        anyway=" ".join(["yes", *as_words(typed.how)]),
    )
    shown = composing.composer(conversation, visitor(request), now=clock.now(), held=held, kept=typed)
    return render(request, "inbox/_composer.html", {"composer": shown})


def _draft(conversation: Conversation, request: HttpRequest) -> Draft | None:
    return Draft.objects.filter(conversation=conversation, by=visitor(request), kind="reply").first()
