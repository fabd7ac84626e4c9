"""What a notice says, in the active language: the same in the page, in the browser, on the phone and in a mail."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from muhatap.conversations.models import Message
from muhatap.interactions import ledger
from muhatap.notices.models import Kind, Notice

LONGEST = 120


@dataclass(frozen=True)
class Said:
    """With whom the conversation is, and what happened in it."""

    title: str
    text: str


def said(notice: Notice) -> Said:
    """The words of one notice; for several of one conversation, those of its newest."""
    contact = str(notice.message.conversation.contact)
    return Said(title=contact, text=SENTENCES[notice.kind](notice))


def path(notice: Notice) -> str:
    """Where its conversation is read. Doors know their own addresses; this one stands in mails and on phones."""
    return f"/inbox/{notice.message.conversation_id}/"


def _assigned(notice: Notice) -> str:
    by = notice.message.by
    return _("%(name)s gave you this conversation") % {"name": by.name} if by else _("This conversation is yours now")


def _mention(notice: Notice) -> str:
    by = notice.message.by
    excerpt = _excerpt(notice.message)
    return _("%(name)s calls you: %(text)s") % {"name": by.name, "text": excerpt} if by else excerpt


def _new(notice: Notice) -> str:
    message, excerpt = notice.message, _excerpt(notice.message)
    if message.event:
        return _("Back from its snooze")
    if message.by is None:
        return excerpt
    who = {"name": message.by.name, "text": excerpt}
    if message.kind == Message.Kind.NOTE:
        return _("%(name)s noted: %(text)s") % who
    return _("%(name)s answered: %(text)s") % who


def _unassigned(notice: Notice) -> str:
    excerpt = _excerpt(notice.message)
    return _("Nobody has taken it yet: %(text)s") % {"text": excerpt} if excerpt else _("Nobody has taken it yet")


def _failed(notice: Notice) -> str:
    if notice.message.event == "send_held":
        return _("Your scheduled answer is held and waits for your decision")
    return _("Your answer did not go, or it is not known whether it went")


def _warning(notice: Notice) -> str:
    return _("We promised an answer by %(time)s") % {"time": _due(notice)}


def _breach(notice: Notice) -> str:
    return _("We promised an answer by %(time)s; that has passed") % {"time": _due(notice)}


def _promise(notice: Notice) -> str:
    told = {"what": notice.message.event_details.get("what", ""), "time": _due(notice)}
    if notice.message.event == "promise_missed":
        return _("Your promise is overdue since %(time)s: %(what)s") % told
    return _("Your promise is due at %(time)s: %(what)s") % told


def _due(notice: Notice) -> str:
    due = parse_datetime(str(notice.message.event_details.get("due_at", "")))
    return f"{timezone.localtime(due):%H:%M}" if due else ""


def _excerpt(message: Message) -> str:
    return ledger.excerpt(message.reply_text or message.text or message.subject, most=LONGEST)


SENTENCES: dict[str, Callable[[Notice], str]] = {
    Kind.ASSIGNED: _assigned,
    Kind.MENTION: _mention,
    Kind.MINE: _new,
    Kind.UNASSIGNED: _unassigned,
    Kind.FOLLOWED: _new,
    Kind.WARNING: _warning,
    Kind.BREACH: _breach,
    Kind.FAILED: _failed,
    Kind.PROMISE: _promise,
}
