"""The filter of a list: read from its address or the builder without trust, written back, told as chips."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from muhatap.accounts.models import Team, User
from muhatap.channels.models import Inbox
from muhatap.contacts import designing
from muhatap.contacts.models import CustomField, Tag
from muhatap.conversations import lists, wanting
from muhatap.conversations.models import Conversation
from muhatap.conversations.visibility import visible_inboxes
from muhatap.conversations.wanting import Condition, Wanted
from muhatap.understanding import topics
from muhatap.understanding.models import Reading
from muhatap.web.common.display import Act
from muhatap.web.inbox import words

SEPARATOR = "|"
MOST_CHOICES = 200
Choices = dict[str, str]


def read(query: QueryDict) -> Wanted:
    """What an address asks (c=status:is:open|waiting&match=any&order=oldest); what it cannot mean is left out."""
    found = []
    for text in query.getlist("c")[: wanting.MOST]:
        field, op, values = _parts(text)
        try:
            found.append(wanting.read(field, op, values.split(SEPARATOR)))
        except wanting.BadCondition:
            continue
    return Wanted(conditions=tuple(found), is_any=query.get("match") == "any", order=order(query) or "newest")


def order(query: QueryDict) -> str:
    """The order an address asks for; empty when it asks for none that there is."""
    asked = query.get("order", "")
    return asked if asked in lists.ORDERS else ""


def pairs(wanted: Wanted) -> list[tuple[str, str]]:
    """The same as names and values of an address."""
    told = [("c", f"{one.field}:{one.op}:{SEPARATOR.join(one.values)}") for one in wanted.conditions]
    if wanted.is_any:
        told.append(("match", "any"))
    return told + ([("order", wanted.order)] if wanted.order != "newest" else [])


def chips(wanted: Wanted, user: User, base: str) -> tuple[Act, ...]:
    """One for each condition, in words; pressing it takes the condition away."""
    names = Names(user)
    return tuple(
        Act(label=sentence(one, names), url=f"{base}?{urlencode(pairs(_without(wanted, place)))}", is_here=True)
        for place, one in enumerate(wanted.conditions)
    )


def sentence(one: Condition, names: "Names") -> str:
    """A condition as one reads it: "Durum: Açık, Bekliyor"."""
    label = names.field(one.field)
    if one.op in wanting.SPAN and one.values:
        return f"{label}: {operators(one.field)[one.op]} {span(one.values[0])}"
    if one.op in ("yes", "no", "filled", "empty"):
        return f"{label}: {operators(one.field).get(one.op, one.op)}"
    known = names.choices(one.field)
    told = ", ".join(known.get(value, _("gone")) if known is not None else value for value in one.values)
    return f"{label} {operators(one.field)[one.op]}: {told}" if one.op in ("is_not", "has_not") else f"{label}: {told}"


def span(text: str) -> str:
    """48h → 48 saat, 3d → 3 gün."""
    n = int(text[:-1])
    told = ngettext("%(n)s hour", "%(n)s hours", n) if text.endswith("h") else ngettext("%(n)s day", "%(n)s days", n)
    return told % {"n": n}


def operators(field: str) -> Choices:
    """How a field is compared, in words."""
    said = {
        "is": _("is"),
        "is_not": _("is not"),
        "has": _("has"),
        "has_not": _("has not"),
        "within": _("newer than"),
        "beyond": _("older than"),
        "yes": _("yes"),
        "no": _("no"),
        "filled": _("is filled"),
        "empty": _("is empty"),
    }
    if field == "text":
        said |= {"has": _("contains"), "has_not": _("does not contain")}
    return {op: said[op] for op in wanting.operators(field)}


@dataclass
class Names:
    """What fields and their values are called, for this reader; each table is asked once."""

    user: User

    def __post_init__(self) -> None:
        self._known: dict[str, Choices | None] = {}

    def fields(self) -> Choices:
        """Every field one can ask about."""
        if "" not in self._known:
            own = {f"field:{one.key}": one.label for one in designing.active(CustomField.About.CONVERSATION)}
            self._known[""] = _built_in() | own
        return self._known[""] or {}

    def field(self, name: str) -> str:
        return self.fields().get(name, _("A field that is gone"))

    def choices(self, field: str) -> Choices | None:
        """The values to choose from; None where one types."""
        if field not in self._known:
            asks = _CHOICES.get(field)
            self._known[field] = asks(self.user) if asks else _own_choices(field)
        return self._known[field]


def _built_in() -> Choices:
    return {
        "status": _("Status"),
        "assignee": _("Assigned to"),
        "team": _("Team"),
        "inbox": _("Inbox"),
        "channel": _("Channel"),
        "priority": _("Priority"),
        "tag": _("Tag"),
        "text": _("Subject or contact"),
        "created": _("Started"),
        "last_message": _("Last message"),
        "waiting": _("Waiting for us since"),
        "said_kind": _("What they want"),
        "said_topic": pgettext("message", "Topic"),
        "said_urgent": _("Sounds urgent"),
        "unread": _("Unread"),
        "draft": _("My draft"),
        "followed": _("Followed by me"),
    }


def _statuses(user: User) -> Choices:
    return {value: str(label) for value, label in Conversation.Status.choices}


def _priorities(user: User) -> Choices:
    return {str(value): words.priority(value) for value in sorted(Conversation.Priority.values, reverse=True)}


def _channels(user: User) -> Choices:
    kinds = Inbox.objects.values_list("kind", flat=True).distinct().order_by("kind")
    return {kind: words.channel(kind) for kind in kinds}


def _inboxes(user: User) -> Choices:
    return {str(one.pk): one.name for one in visible_inboxes(user).order_by("name", "id")[:MOST_CHOICES]}


def _people(user: User) -> Choices:
    people = User.objects.filter(is_active=True).exclude(pk=user.pk).order_by("name", "id")[:MOST_CHOICES]
    return (
        {"me": _("Me"), "nobody": _("Nobody")} | {str(one.pk): one.name for one in people} | {str(user.pk): user.name}
    )


def _teams(user: User) -> Choices:
    teams = Team.objects.order_by("name", "id")[:MOST_CHOICES]
    return {"nobody": _("No team")} | {str(one.pk): one.name for one in teams}


def _tags(user: User) -> Choices:
    return {str(one.pk): one.name for one in Tag.objects.order_by("folded")[:MOST_CHOICES]}


def _topics() -> Choices:
    found = topics.living()
    return {str(pk): path for pk, path in topics.paths(found).items()}


_CHOICES: dict[str, Callable[[User], Choices]] = {
    "status": _statuses,
    "assignee": _people,
    "team": _teams,
    "inbox": _inboxes,
    "channel": _channels,
    "priority": _priorities,
    "tag": _tags,
    "said_kind": lambda user: {str(value): str(label) for value, label in Reading.Kind.choices},
    "said_topic": lambda user: _topics(),
}


def _own_choices(field: str) -> Choices | None:
    if not field.startswith("field:"):
        return None
    key = field.partition(":")[2]
    found = CustomField.objects.filter(key=key, about=CustomField.About.CONVERSATION, kind="choice").first()
    return {str(one): str(one) for one in found.choices} if found else None


def _parts(text: str) -> tuple[str, str, str]:
    field, _colon, rest = text.partition(":")
    if field == "field":
        key, _colon, rest = rest.partition(":")
        field = f"field:{key}"
    op, _colon, values = rest.partition(":")
    return field, op, values


def _without(wanted: Wanted, place: int) -> Wanted:
    return replace(wanted, conditions=wanted.conditions[:place] + wanted.conditions[place + 1 :])


def sorts(here: str, base: str, asked: Iterable[tuple[str, str]]) -> tuple[str, tuple[Act, ...]]:
    """The present order in a word, and the ways to change it."""
    names: dict[str, Any] = {
        "newest": _("Newest"),
        "oldest": _("Oldest"),
        "waiting": _("Waiting longest"),
        "deadline": _("By deadline"),
    }
    kept = [(name, value) for name, value in asked if name != "order"]
    return names.get(here, here), tuple(
        Act(label=names.get(name, name), url=f"{base}?{urlencode([*kept, ('order', name)])}", is_here=name == here)
        for name in lists.ORDERS
    )
