"""The lists of the inbox: named views over what a user sees, paged by key, each row ready without a second look."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Q, QuerySet

from muhatap.accounts.models import User
from muhatap.contacts.models import Contact
from muhatap.conversations import counting, listed
from muhatap.conversations.listed import Line
from muhatap.conversations.models import Conversation, Draft, Message
from muhatap.conversations.visibility import Part, branches, scope, visible_to
from muhatap.shared.text import fold

Status = Conversation.Status
LIVELY = [Status.OPEN, Status.WAITING]
LIMIT = 40
COUNTED = 100  # rows that are waited for are counted no further than a reader cares


class UnknownView(Exception):
    """There is no view of this name."""


@dataclass(frozen=True)
class Order:
    """By which moment rows stand, and whether the latest stands first. Where the moment is missing (`has_gaps`), the row stands last.

    With `walks` a page goes through several lists one after another, each along an index that has its order.
    """

    column: str
    is_down: bool = False
    walks: "tuple[Walk, ...]" = ()
    has_gaps: bool = False

    def after(self, cursor: "Cursor") -> Q:
        """What stands after the place where a page ended; the first half is what an index begins at."""
        side = "lt" if self.is_down else "gt"
        beyond = Q(**{self.column: cursor.at, f"pk__{side}": cursor.id})
        if cursor.at is None:
            return beyond
        found = Q(**{f"{self.column}__{side}e": cursor.at}) & (beyond | Q(**{f"{self.column}__{side}": cursor.at}))
        return found | Q(**{self.column: None}) if self.has_gaps else found


@dataclass(frozen=True)
class Walk:
    """Rows of some statuses that fit a condition, in an order of their own."""

    statuses: tuple[str, ...] | None
    condition: Q
    order: Order

    def of(self, view: "View") -> "View | None":
        """What of a view is met on this walk; None when nothing can be, so that no index is asked for it."""
        if self.statuses is None:
            return view
        if view.statuses is None:
            return replace(view, condition=view.condition & Q(status__in=self.statuses))
        statuses = tuple(status for status in view.statuses if status in self.statuses)
        return replace(view, statuses=statuses) if statuses else None


NEWEST = Order("last_message_at", is_down=True)
ASLEEP_OR_CLOSED = tuple(status for status in Status.values if status not in LIVELY)
# What is owed by its moment, then what waits for us without one, then what waits for them, then the rest.
BY_DEADLINE = (
    Walk(tuple(LIVELY), Q(next_deadline_at__isnull=False), Order("next_deadline_at")),
    Walk((Status.OPEN,), Q(next_deadline_at=None), NEWEST),
    Walk((Status.WAITING,), Q(next_deadline_at=None), NEWEST),
    Walk(ASLEEP_OR_CLOSED, Q(), NEWEST),
)
ORDERS = {
    "deadline": Order("next_deadline_at", walks=BY_DEADLINE),
    "newest": NEWEST,
    "oldest": Order("last_message_at"),
    "waiting": Order("waiting_since", has_gaps=True),
}


@dataclass(frozen=True)
class Cursor:
    """Where a page ended; without a moment among the rows that have none, and before the first row of its walk without either."""

    at: datetime | None
    id: int
    walk: int = 0


@dataclass(frozen=True)
class Page:
    """The rows, where the page ended, and how many each of its walks holds: at most COUNTED, all of them only if it began here."""

    rows: list[Line]
    next: Cursor | None
    n: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class View:
    """What a view holds.

    `statuses`: each is walked along its own index. None: the condition itself finds few rows, whatever their status.
    `is_granted`: whoever may open the view sees all of it, so nobody asks again for each row.
    """

    condition: Q
    statuses: tuple[str, ...] | None = tuple(LIVELY)
    is_granted: bool = False


def page(
    user: User,
    view: str | View,
    *,
    before: Cursor | None = None,
    search: str = "",
    limit: int = LIMIT,
    order: Order = NEWEST,
) -> Page:
    """At most `limit` conversations of a view in its order, ready to be shown. Raises UnknownView."""
    walks = order.walks or (Walk(None, Q(), order),)
    wanted = view if isinstance(view, View) else named(view, user)
    seen, keys = _seen(user, wanted), []
    for number, walk in enumerate(walks):
        met = walk.of(wanted)
        if met is None or (before and number < before.walk):
            continue
        goes_on = before is not None and number == before.walk and bool(before.id or before.at)
        condition = walk.condition & walk.order.after(before) if before and goes_on else walk.condition
        most = limit + 1 if goes_on else max(COUNTED, limit + 1)
        keys.append(_keys(seen, met, condition, search=search, limit=most, order=walk.order, number=number))
    found = listed.lines(user, filter(None, keys), limit=limit + 1)
    shown = found.rows[:limit]
    ends = len(found.rows) <= limit
    return Page(shown, None if ends else _end(shown[-1], walks), found.n)


def _end(row: Line, walks: tuple[Walk, ...]) -> Cursor:
    return Cursor(getattr(row, walks[row.walk].order.column), row.pk, row.walk)


def some(user: User, view: str | View, those: Collection[int], *, search: str = "") -> list[Line]:
    """Those of these conversations that stand in a view, newest first. Raises UnknownView."""
    found = numbers(user, view, condition=Q(pk__in=those), search=search, limit=len(those)) if those else []
    return listed.of_numbers(user, found)


def numbers(
    user: User,
    view: str | View,
    *,
    condition: Q | None = None,
    search: str = "",
    limit: int = LIMIT,
    order: Order = NEWEST,
) -> list[int]:
    """The numbers of the first conversations of a view. Raises UnknownView."""
    wanted = view if isinstance(view, View) else named(view, user)
    keys = _keys(_seen(user, wanted), wanted, condition or Q(), search=search, limit=limit, order=order)
    return listed.numbers([keys] if keys else [], limit=limit)


def _keys(
    seen: list[Part], wanted: View, condition: Q, *, search: str, limit: int, order: Order, number: int = 0
) -> Part | None:
    """The keys of the first of a view: the first of each branch, and of each status where the index goes by it, merged."""
    asked = condition & (holding(search) if search else Q())
    standing = Conversation.objects.filter(asked, wanted.condition, merged_into=None)
    return listed.walk(
        standing,
        [_both(branch, status) for branch in seen for status in _statuses(wanted, order)],
        number=number,
        column=order.column,
        is_down=order.is_down,
        limit=limit,
    )


def _seen(user: User, wanted: View) -> list[Part]:
    return [Part("true")] if wanted.is_granted else branches(user)


def _statuses(wanted: View, order: Order) -> list[Part]:
    if wanted.statuses is None:
        return [Part("true")]
    if order.column != NEWEST.column:  # no index has the status before this moment
        return [Part("status = any(%s)", (list(wanted.statuses),))]
    return [Part("status = %s", (status,)) for status in wanted.statuses]


def _both(one: Part, other: Part) -> Part:
    return Part(f"{one.sql} and {other.sql}", (*one.values, *other.values))


def named(view: str, user: User) -> View:
    """The view of this name. Raises UnknownView."""
    kind, _, number = view.partition(":")
    standing = {
        "mine": View(Q(assignee=user), is_granted=user.is_active),
        "unassigned": View(Q(assignee=None)),
        "waiting": View(Q(), (Status.OPEN,)),
        "all": View(Q()),
        "snoozed": View(Q(), (Status.SNOOZED,)),
        "resolved": View(Q(), (Status.RESOLVED,)),
        "spam": View(Q(), (Status.SPAM,)),
        "drafts": View(Q(pk__in=Draft.objects.filter(by=user).values("conversation_id")), None),
        "scheduled": View(Q(pk__in=counting.standing_sends(user).values("conversation_id")), None),
        "mentions": View(Q(pk__in=Message.objects.filter(mentions__user=user).values("conversation_id")), None),
    }
    if not number and kind in standing:
        return standing[kind]
    within = scope(user)
    columns = {"team": ("team_id", within.team_ids), "inbox": ("inbox_id", within.inbox_ids)}
    if kind not in columns or not (number.isascii() and number.isdigit() and len(number) < 19):
        raise UnknownView(view)
    column, granted = columns[kind]
    return View(Q(**{column: int(number)}), is_granted=within.sees_all or int(number) in set(granted))


def counts(user: User) -> dict[str, int]:
    """How many stand in each view of this user, from the kept cells and the small tables of what is theirs alone."""
    return counting.views(user)


def of_contact(user: User, contact_id: int, *, limit: int = 20) -> list[Line]:
    """The newest conversations of a contact that this user sees."""
    rows = Conversation.objects.filter(merged_into=None, contact_id=contact_id)
    found = listed.walk(rows, branches(user), number=0, column="last_message_at", is_down=True, limit=limit)
    return listed.lines(user, [found] if found else [], limit=limit).rows


def holding(query: str) -> Q:
    """Conversations whose subject holds these letters, or whose contact does under any name they have by now."""
    letters = fold(query)
    people = Contact.objects.filter(search_text__contains=letters).values("pk")
    return Q(search_text__contains=letters) | Q(contact_id__in=people)


def candidates(user: User, conversation: Conversation, *, search: str = "", limit: int = 20) -> list[Line]:
    """Other conversations of the same inbox a message could belong to: the same person's first, or what was searched for."""
    rows = visible_to(user).filter(inbox_id=conversation.inbox_id).exclude(pk=conversation.pk)
    rows = rows.filter(holding(search)) if search else rows.filter(contact_id=conversation.contact_id)
    return listed.of_numbers(user, list(_newest(rows)[:limit]))


def _newest(rows: "QuerySet[Conversation]") -> "QuerySet[Conversation, int]":
    return rows.order_by("-last_message_at", "-id").values_list("pk", flat=True)
