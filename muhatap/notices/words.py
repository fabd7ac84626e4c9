"""What a notice says, in the active language: the same in the page, in the browser, on the phone and in a mail."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from muhatap.conversations.models import Message
from muhatap.interactions import ledger
from muhatap.notices.models import Kind, Notice
from muhatap.understanding.models import Theme, ThemeMember

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


def read_together(notices: Iterable[Notice]) -> None:
    """Read what the words of many notices need at once, instead of for each."""
    messages = [notice.message for notice in notices if notice.kind == Kind.THEME]
    theme = "interaction__reading__theming__theme"
    prefetch_related_objects(messages, f"{theme}__weeks", f"{theme}__merged_into__weeks")


def path(notice: Notice) -> str:
    """Where it is read. Doors know their own addresses; this one stands in mails and on phones."""
    theme = _theme_of(notice) if notice.kind == Kind.THEME else None
    if theme:
        return f"/insight/voice/themes/{theme.pk}/"
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
    if notice.message.event == "case_near":
        return _("Case #%(case)s is due at %(time)s: %(what)s") % _case(notice)
    return _("We promised an answer by %(time)s") % {"time": _due(notice)}


def _breach(notice: Notice) -> str:
    if notice.message.event == "case_missed":
        return _("Case #%(case)s is overdue since %(time)s: %(what)s") % _case(notice)
    return _("We promised an answer by %(time)s; that has passed") % {"time": _due(notice)}


def _case(notice: Notice) -> dict[str, str]:
    told = notice.message.event_details
    return {"case": str(told.get("case", "")), "what": str(told.get("what", "")), "time": _due(notice)}


def _promise(notice: Notice) -> str:
    told = {"what": notice.message.event_details.get("what", ""), "time": _due(notice)}
    if notice.message.event == "promise_missed":
        return _("Your promise is overdue since %(time)s: %(what)s") % told
    return _("Your promise is due at %(time)s: %(what)s") % told


def _theme(notice: Notice) -> str:
    """The figures of the week in which its message was written, however long ago that is."""
    theme, member = _theme_of(notice), _member(notice)
    weeks = {week.begins_on: week for week in theme.weeks.all()} if theme else {}
    week = weeks.get(member.week_on) if member else None
    if week is None:
        return _excerpt(notice.message)
    said = ngettext(
        "“%(theme)s” jumps: %(n)s person wrote of it this week, %(usual)s would be usual",
        "“%(theme)s” jumps: %(n)s people wrote of it this week, %(usual)s would be usual",
        week.n_people,
    )
    return said % {"theme": theme, "n": week.n_people, "usual": round(week.expected or 0)}


def _theme_of(notice: Notice) -> Theme | None:
    """The theme its message belongs to; the one that was merged into, when it was."""
    member = _member(notice)
    return (member.theme.merged_into or member.theme) if member else None


def _member(notice: Notice) -> ThemeMember | None:
    interaction = notice.message.interaction
    try:
        found: ThemeMember | None = interaction.reading.theming if interaction else None
    except ObjectDoesNotExist:  # not read, or of no theme any more
        return None
    return found


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
    Kind.THEME: _theme,
    Kind.WEEKLY: _new,  # goes by a letter of its own
}
