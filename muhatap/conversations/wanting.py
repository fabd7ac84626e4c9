"""What a filter over conversations asks: conditions that hold all or any, and the order. Saved views keep it, addresses carry it."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q

from muhatap.accounts.models import Team, User
from muhatap.channels.models import Inbox
from muhatap.contacts import fields
from muhatap.contacts.models import CustomField, Tag
from muhatap.conversations import lists, seeing
from muhatap.conversations.models import Conversation, ConversationTag, Draft, FieldValues, Follower
from muhatap.shared.text import without_nul

MOST = 12
MOST_VALUES = 30
LONGEST = 200
EQUAL, HOLDS, SPAN, SWITCH, FIELD = (
    ("is", "is_not"),
    ("has", "has_not"),
    ("within", "beyond"),
    ("yes", "no"),
    ("is", "is_not", "filled", "empty"),
)
OPERATORS: dict[str, tuple[str, ...]] = {
    "status": EQUAL,
    "assignee": EQUAL,
    "team": EQUAL,
    "inbox": EQUAL,
    "channel": EQUAL,
    "priority": EQUAL,
    "tag": HOLDS,
    "text": HOLDS,
    "created": SPAN,
    "last_message": SPAN,
    "waiting": SPAN,
    "said_kind": EQUAL,
    "said_topic": EQUAL,
    "said_urgent": SWITCH,
    "unread": SWITCH,
    "draft": SWITCH,
    "followed": SWITCH,
}
COLUMNS = {"created": "created_at", "last_message": "last_message_at", "waiting": "waiting_since"}
LENGTH = re.compile(r"([1-9]\d{0,3})([hd])")
ROW_NUMBER = re.compile(r"[1-9]\d{0,17}", re.ASCII)
WITHOUT_VALUES = (*SWITCH, "filled", "empty")


class BadCondition(ValueError):
    """This asks nothing that can be answered."""


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One question: a field ("status", "tag", "field:branch"), how it is compared, and with what (as text)."""

    field: str
    op: str
    values: tuple[str, ...] = ()

    def as_json(self) -> list[Any]:
        return [self.field, self.op, list(self.values)]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A filter: its conditions hold all (or any, when `is_any`); nothing asked means everything one sees."""

    conditions: tuple[Condition, ...] = ()
    is_any: bool = False
    order: str = "newest"

    def as_json(self) -> dict[str, Any]:
        return {
            "match": "any" if self.is_any else "all",
            "order": self.order,
            "conditions": [one.as_json() for one in self.conditions],
        }

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> "Wanted":
        """What was kept; a condition nobody understands any more stays and is told as broken."""
        conditions = tuple(
            Condition(field=str(field), op=str(op), values=tuple(map(str, values)))
            for field, op, values in kept.get("conditions", ())
        )
        order = kept.get("order", "newest")
        return cls(
            conditions=conditions, is_any=kept.get("match") == "any", order=order if order in lists.ORDERS else "newest"
        )


def read(field: str, op: str, values: Iterable[str]) -> Condition:
    """A condition from words without trust. Raises BadCondition."""
    if op not in operators(field):
        raise BadCondition(field, op)
    if op in WITHOUT_VALUES:
        return Condition(field=field, op=op)
    plain = [" ".join(without_nul(value).split())[:LONGEST] for value in values]
    kept = tuple(dict.fromkeys(value for value in plain if value))[:MOST_VALUES]
    if not kept or not all(_is_possible(field, value) for value in kept):
        raise BadCondition(field, op, kept)
    if field.startswith("field:"):
        for value in kept:
            _as_kept(field, value)
    return Condition(field=field, op=op, values=kept)


def operators(field: str) -> tuple[str, ...]:
    """How this field can be compared; nothing for a field that does not exist."""
    return FIELD if field.startswith("field:") else OPERATORS.get(field, ())


def condition(wanted: Wanted, *, user: User, at: datetime) -> Q:
    """What the filter holds, for whoever looks, at this moment. Whether they see it is asked elsewhere (visibility)."""
    found = Q()
    for one in wanted.conditions[:MOST]:
        asked = _asked(one, user, at)
        found = found | asked if wanted.is_any and found else found & asked
    return found


def view(wanted: Wanted, *, user: User, at: datetime) -> lists.View:
    """The filter as a view of the lists; statuses that are asked for outright are walked along their own index."""
    asked = [one for one in wanted.conditions if (one.field, one.op) == ("status", "is")]
    statuses = asked[0].values if len(asked) == 1 and not wanted.is_any else tuple(Conversation.Status.values)
    return lists.View(condition(wanted, user=user, at=at), statuses)


def broken(wanted: Wanted) -> tuple[Condition, ...]:
    """The conditions that name something which is gone: a tag, a team, an inbox, a colleague, a field."""
    return tuple(one for one in wanted.conditions if _is_broken(one))


def _asked(one: Condition, user: User, at: datetime) -> Q:
    kind = one.field.partition(":")[0]
    asks: Callable[[Condition, User, datetime], Q] | None = _QUESTIONS.get(kind)
    try:
        if asks and one.op in operators(one.field):
            return asks(one, user, at)
    except BadCondition:  # a choice that is gone, say
        pass
    return Q(pk__in=[])  # broken: told on the page, and holds nothing rather than everything


def _turned(one: Condition, holds: Q) -> Q:
    return ~holds if one.op in ("is_not", "has_not", "no") else holds


def _status(one: Condition, user: User, at: datetime) -> Q:
    return _turned(one, Q(status__in=one.values))


def _priority(one: Condition, user: User, at: datetime) -> Q:
    return _turned(one, Q(priority__in=[int(value) for value in one.values]))


def _channel(one: Condition, user: User, at: datetime) -> Q:
    return _turned(one, Q(inbox__in=Inbox.objects.filter(kind__in=one.values)))


def _inbox(one: Condition, user: User, at: datetime) -> Q:
    return _turned(one, Q(inbox_id__in=_numbers(one.values)))


def _team(one: Condition, user: User, at: datetime) -> Q:
    return _turned(one, _one_or_none("team_id", one.values, user))


def _assignee(one: Condition, user: User, at: datetime) -> Q:
    return _turned(one, _one_or_none("assignee_id", one.values, user))


def _one_or_none(column: str, values: Sequence[str], user: User) -> Q:
    numbers = _numbers(values) + ([user.pk] if "me" in values else [])
    holds = Q(**{f"{column}__in": numbers}) & Q(**{f"{column}__isnull": False}) if numbers else Q(pk__in=[])
    return holds | Q(**{column: None}) if "nobody" in values else holds


def _tag(one: Condition, user: User, at: datetime) -> Q:
    tagged = ConversationTag.objects.filter(conversation=OuterRef("pk"), tag_id__in=_numbers(one.values))
    return _turned(one, Q(Exists(tagged)))


def _text(one: Condition, user: User, at: datetime) -> Q:
    holds = Q()
    for value in one.values:
        holds |= lists.holding(value)
    return _turned(one, holds)


def _since(one: Condition, user: User, at: datetime) -> Q:
    moment = at - length(one.values[0])
    column = COLUMNS[one.field]
    return Q(**{f"{column}__gte": moment}) if one.op == "within" else Q(**{f"{column}__lt": moment})


def _said_kind(one: Condition, user: User, at: datetime) -> Q:
    return _turned(one, Q(said_kind__in=one.values))


def _said_topic(one: Condition, user: User, at: datetime) -> Q:
    named = Q(said_topic__in=_numbers(one.values))
    return ~named | Q(said_topic=None) if one.op == "is_not" else named


def _said_urgent(one: Condition, user: User, at: datetime) -> Q:
    return _turned(one, Q(is_said_urgent=True))


def _unread(one: Condition, user: User, at: datetime) -> Q:
    return _turned(one, Q(last_inbound_id__isnull=False) & Q(~Exists(seeing.seen_by(user))))


def _draft(one: Condition, user: User, at: datetime) -> Q:
    return _turned(one, Q(Exists(Draft.objects.filter(conversation=OuterRef("pk"), by=user))))


def _followed(one: Condition, user: User, at: datetime) -> Q:
    return _turned(one, Q(Exists(Follower.objects.filter(conversation=OuterRef("pk"), user=user))))


def _own_field(one: Condition, user: User, at: datetime) -> Q:
    key = one.field.partition(":")[2]
    of_row = FieldValues.objects.filter(conversation=OuterRef("pk"))
    if one.op in ("filled", "empty"):
        filled = Q(Exists(of_row.filter(values__has_key=key)))
        return ~filled if one.op == "empty" else filled
    held = Q(pk__in=[])
    for value in one.values:
        held |= Q(values__contains={key: _as_kept(one.field, value)})
    return _turned(one, Q(Exists(of_row.filter(held))))


def _as_kept(field: str, value: str) -> Any:
    """What was typed in the form the field keeps it: 1.249,90 is 1249.9. Raises BadCondition."""
    own = CustomField.objects.filter(key=field.partition(":")[2], about=CustomField.About.CONVERSATION).first()
    try:
        return fields.of_kind(own, value) if own else value
    except fields.BadValue as error:
        raise BadCondition(value) from error


_QUESTIONS: dict[str, Callable[[Condition, User, datetime], Q]] = {
    "status": _status,
    "assignee": _assignee,
    "team": _team,
    "inbox": _inbox,
    "channel": _channel,
    "priority": _priority,
    "tag": _tag,
    "text": _text,
    "created": _since,
    "last_message": _since,
    "waiting": _since,
    "said_kind": _said_kind,
    "said_topic": _said_topic,
    "said_urgent": _said_urgent,
    "unread": _unread,
    "draft": _draft,
    "followed": _followed,
    "field": _own_field,
}


def length(text: str) -> timedelta:
    """'36h' or '3d' as a span. Raises BadCondition."""
    found = LENGTH.fullmatch(text)
    if not found:
        raise BadCondition(text)
    n = int(found[1])
    return timedelta(hours=n) if found[2] == "h" else timedelta(days=n)


def _is_possible(field: str, value: str) -> bool:
    """Whether the value is of the right kind; whether it exists is another question (`broken`)."""
    if field in COLUMNS:
        return LENGTH.fullmatch(value) is not None
    if field in ("assignee", "team", "inbox", "tag", "said_topic"):
        words = {"assignee": ("me", "nobody"), "team": ("nobody",)}.get(field, ())
        return value in words or ROW_NUMBER.fullmatch(value) is not None
    known = {
        "status": Conversation.Status.values,
        "said_kind": list(Conversation.SAID_KINDS),
        "priority": [str(one) for one in Conversation.Priority.values],
    }
    return value in known.get(field, (value,))


def _is_broken(one: Condition) -> bool:
    if one.op not in operators(one.field):
        return True
    if one.field.startswith("field:"):
        key = one.field.partition(":")[2]
        return not CustomField.objects.filter(key=key, about="conversation", archived_at=None).exists()
    tables: dict[str, Any] = {"tag": Tag, "team": Team, "inbox": Inbox, "assignee": User}
    numbers = set(_numbers(one.values))
    if one.field not in tables or not numbers:
        return False
    return numbers != set(tables[one.field].objects.filter(pk__in=numbers).values_list("pk", flat=True))


def _numbers(values: Iterable[str]) -> list[int]:
    return [int(value) for value in values if ROW_NUMBER.fullmatch(value)]
