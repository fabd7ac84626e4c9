"""What a notice says, in the active language: the same in the page, in the browser, on the phone and in a mail."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from muhatap.conversations.models import Message
from muhatap.feedback import wording
from muhatap.interactions import ledger
from muhatap.notices.models import Kind, Notice

LONGEST = 120
# What the words of a notice are made of, read with it.
NEEDED = (
    "message__conversation__contact", "message__by", "week__theme__merged_into", "case__contact", "shop",
    "promise__contact", "promise__by", "response__survey",
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """With whom the conversation is, or what it is about; and what happened."""

    title: str
    text: str


def said(notice: Notice) -> Said:
    """The words of one notice; for several of one conversation or thing, those of its newest."""
    if message := notice.message:
        return Said(title=str(message.conversation.contact), text=SENTENCES[notice.kind](message))
    return Said(title=_about(notice), text=OF_THINGS[notice.event](notice))


def path(notice: Notice) -> str:
    """Where it is read. Doors know their own addresses; this one stands in mails and on phones."""
    if notice.message:
        return f"/inbox/{notice.message.conversation_id}/"
    if notice.week:
        return f"/insight/voice/themes/{notice.week.theme.merged_into_id or notice.week.theme_id}/"
    if notice.promise_id:
        return f"/promises/{notice.promise_id}/"
    if notice.response_id:
        return f"/surveys/waiting/#answer-{notice.response_id}"
    return f"/cases/{notice.case_id}/" if notice.case_id else f"/settings/shops/{notice.shop_id}/deliveries/"


def _about(notice: Notice) -> str:
    if notice.week:
        return _("Customers’ voice")
    if notice.response:
        return str(notice.response.survey or "")
    owed = notice.case or notice.promise
    return str(owed.contact) if owed else str(notice.shop)


def _assigned(message: Message) -> str:
    by = message.by
    return _("%(name)s gave you this conversation") % {"name": by.name} if by else _("This conversation is yours now")


def _mention(message: Message) -> str:
    by = message.by
    excerpt = _excerpt(message)
    return _("%(name)s calls you: %(text)s") % {"name": by.name, "text": excerpt} if by else excerpt


def _new(message: Message) -> str:
    excerpt = _excerpt(message)
    if message.event:
        return _("Back from its snooze")
    if message.by is None:
        return excerpt
    who = {"name": message.by.name, "text": excerpt}
    if message.kind == Message.Kind.NOTE:
        return _("%(name)s noted: %(text)s") % who
    return _("%(name)s answered: %(text)s") % who


def _unassigned(message: Message) -> str:
    excerpt = _excerpt(message)
    return _("Nobody has taken it yet: %(text)s") % {"text": excerpt} if excerpt else _("Nobody has taken it yet")


def _failed(message: Message) -> str:
    if message.event == "send_held":
        return _("Your scheduled answer is held and waits for your decision")
    return _("Your answer did not go, or it is not known whether it went")


def _warning(message: Message) -> str:
    if message.event == "case_near":
        return _("Case #%(case)s is due at %(time)s: %(what)s") % _case(message)
    return _("We promised an answer by %(time)s") % {"time": _due(message)}


def _breach(message: Message) -> str:
    if message.event == "case_missed":
        return _("Case #%(case)s is overdue since %(time)s: %(what)s") % _case(message)
    return _("We promised an answer by %(time)s; that has passed") % {"time": _due(message)}


def _case(message: Message) -> dict[str, str]:
    told = message.event_details
    return {"case": str(told.get("case", "")), "what": str(told.get("what", "")), "time": _due(message)}


def _promise(message: Message) -> str:
    return _owed(message.event, message.event_details.get("what", ""), _due(message))


def _owed(event: str, what: object, time: str) -> str:
    told = {"what": what, "time": time}
    if event == "promise_missed":
        return _("Your promise is overdue since %(time)s: %(what)s") % told
    return _("Your promise is due at %(time)s: %(what)s") % told


def _jump(notice: Notice) -> str:
    week = notice.week
    if week is None:
        return ""
    said = ngettext(
        "“%(theme)s” jumps: %(n)s person wrote of it this week, %(usual)s would be usual",
        "“%(theme)s” jumps: %(n)s people wrote of it this week, %(usual)s would be usual",
        week.n_people,
    )
    theme = week.theme.merged_into or week.theme
    return said % {"theme": theme, "n": week.n_people, "usual": round(week.expected or 0)}


def _case_opened(notice: Notice) -> str:
    told = {"case": notice.case_id, "what": notice.case}
    if notice.case and notice.case.owner_id is None and notice.case.team_id is None:
        return _("A survey opened case #%(case)s, which nobody has: %(what)s") % told
    return _("A survey opened case #%(case)s: %(what)s") % told


def _case_given(notice: Notice) -> str:
    told = {"case": notice.case_id, "what": notice.case}
    if notice.case and notice.case.owner_id == notice.user_id:
        return _("Case #%(case)s is yours now: %(what)s") % told
    return _("Case #%(case)s was given to your team: %(what)s") % told


def _case_near(notice: Notice) -> str:
    return _("Case #%(case)s is due at %(time)s: %(what)s") % _of_case(notice)


def _case_missed(notice: Notice) -> str:
    return _("Case #%(case)s is overdue since %(time)s: %(what)s") % _of_case(notice)


def _of_case(notice: Notice) -> dict[str, object]:
    return {"case": notice.case_id, "what": notice.case, "time": _clock(notice.details)}


def _of_promise(notice: Notice) -> str:
    made = notice.promise
    if made is None:
        return ""
    if made.by_id == notice.user_id:
        return _owed(notice.event, made.what, _clock(notice.details))
    told = {"name": made.by, "what": made.what, "time": _clock(notice.details)}
    if notice.event == "promise_missed":
        return _("What %(name)s promised is overdue since %(time)s: %(what)s") % told
    return _("What %(name)s promised is due at %(time)s: %(what)s") % told


def _promise_given(notice: Notice) -> str:
    due = parse_datetime(str(notice.details.get("due_at", "")))
    day = date_format(timezone.localtime(due), "DATE_FORMAT") if due else "…"
    told = {"what": notice.promise and notice.promise.what, "day": day, "time": _clock(notice.details)}
    return _("A promise is yours now, due on %(day)s at %(time)s: %(what)s") % told


def _low_score(notice: Notice) -> str:
    response = notice.response
    if response is None:
        return ""
    told = {"told": wording.told(response), "words": ledger.excerpt(response.comment, most=LONGEST)}
    if response.comment:
        return _("From somebody we do not know. %(told)s: %(words)s") % told
    return _("From somebody we do not know. %(told)s") % told


def _tell(notice: Notice) -> str:
    return _("A customer wants to know what you keep of them. Answer by %(day)s") % _until(notice)


def _erase(notice: Notice) -> str:
    return _("A customer wants to be erased. Decide by %(day)s") % _until(notice)


def _erase_shop(notice: Notice) -> str:
    return _("The shop wants all it told of its customers erased. Decide by %(day)s") % _until(notice)


def _until(notice: Notice) -> dict[str, str]:
    due_on = parse_date(str(notice.details.get("due_on", "")))
    return {"day": date_format(due_on, "DATE_FORMAT") if due_on else "…"}


def _due(message: Message) -> str:
    return _clock(message.event_details)


def _clock(details: Mapping[str, object]) -> str:
    due = parse_datetime(str(details.get("due_at", "")))
    return f"{timezone.localtime(due):%H:%M}" if due else ""


def _excerpt(message: Message) -> str:
    return ledger.excerpt(message.reply_text or message.text or message.subject, most=LONGEST)


SENTENCES: dict[str, Callable[[Message], str]] = {
    Kind.ASSIGNED: _assigned,
    Kind.MENTION: _mention,
    Kind.MINE: _new,
    Kind.UNASSIGNED: _unassigned,
    Kind.FOLLOWED: _new,
    Kind.WARNING: _warning,
    Kind.BREACH: _breach,
    Kind.FAILED: _failed,
    Kind.PROMISE: _promise,
    Kind.THEME: _excerpt,  # of before themes were told by themselves
    Kind.WEEKLY: _new,  # goes by a letter of its own
}
OF_THINGS: dict[str, Callable[[Notice], str]] = {
    "jump": _jump,
    "low_score": _low_score,
    "case_opened": _case_opened,
    "case_given": _case_given,
    "case_near": _case_near,
    "case_missed": _case_missed,
    "promise_given": _promise_given,
    "promise_near": _of_promise,
    "promise_missed": _of_promise,
    "tell": _tell,
    "erase": _erase,
    "erase_shop": _erase_shop,
}
