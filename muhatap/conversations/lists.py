"""The lists of the inbox: named views over what a user sees, paged by key, each row ready without a second look."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from muhatap.accounts.models import User
from muhatap.contacts.models import Contact
from muhatap.conversations import counting, seeing
from muhatap.conversations.models import Conversation, Draft, Message, Scheduled
from muhatap.conversations.visibility import branches, scope, visible_to
from muhatap.shared.text import fold

Status = Conversation.Status
LIVELY = [Status.OPEN, Status.WAITING]
LIMIT = 40


class UnknownView(Exception):
    """There is no view of this name."""


@dataclass(frozen=True)
class Order:
    """By which moment rows stand, and whether the latest stands first. Where the moment is missing, the row stands last.

    With `walks` a page goes through several lists one after another, each along an index that has its order.
    """

    column: str
    is_down: bool = False
    walks: "tuple[Walk, ...]" = ()

    @property
    def terms(self) -> tuple[str, str]:
        return (f"-{self.column}", "-pk") if self.is_down else (self.column, "pk")

    def after(self, cursor: "Cursor") -> Q:
        """What stands after the place where a page ended."""
        side = "lt" if self.is_down else "gt"
        beyond = Q(**{self.column: cursor.at, f"pk__{side}": cursor.id})
        if cursor.at is None:
            return beyond
        found = beyond | Q(**{f"{self.column}__{side}": cursor.at})
        return found if self.is_down else found | Q(**{self.column: None})


@dataclass(frozen=True)
class Walk:
    """Rows of some statuses that fit a condition, in an order of their own."""

    statuses: tuple[str, ...]
    condition: Q
    order: Order

    def of(self, view: "View") -> "View | None":
        """What of a view is met on this walk; None when nothing can be, so that no index is asked for it."""
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
    "waiting": Order("waiting_since"),
}


@dataclass(frozen=True)
class Cursor:
    """Where a page ended; without a moment among the rows that have none, and before the first row of its walk without either."""

    at: datetime | None
    id: int
    walk: int = 0


@dataclass(frozen=True)
class Page:
    rows: list[Conversation]
    next: Cursor | None


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
    """At most `limit` conversations of a view in its order. Rows carry `is_unread` and `has_draft`. Raises UnknownView."""
    if order.walks:
        return _walked(user, view, before=before, search=search, limit=limit, walks=order.walks)
    condition = order.after(before) if before else Q()
    found = numbers(user, view, condition=condition, search=search, limit=limit + 1, order=order)
    shown = _rows(user, found[:limit], order)
    last = Cursor(getattr(shown[-1], order.column), shown[-1].pk) if len(found) > limit else None
    return Page(shown, last)


def _walked(
    user: User, view: str | View, *, before: Cursor | None, search: str, limit: int, walks: tuple[Walk, ...]
) -> Page:
    """A page through the walks, taken only as far as it needs."""
    wanted = view if isinstance(view, View) else named(view, user)
    rows: list[Conversation] = []
    for number, walk in enumerate(walks):
        met = walk.of(wanted)
        if met is None or (before and number < before.walk):
            continue
        goes_on = before and number == before.walk and before.id
        condition = walk.condition & walk.order.after(before) if before and goes_on else walk.condition
        room = limit - len(rows)
        found = numbers(user, met, condition=condition, search=search, limit=room + 1, order=walk.order)
        shown = _rows(user, found[:room], walk.order)
        rows += shown
        if len(found) > room:
            return Page(rows, _end(shown, walk.order, number))
    return Page(rows, None)


def _rows(user: User, numbers: list[int], order: Order) -> list[Conversation]:
    if not numbers:
        return []
    rows = Conversation.objects.filter(pk__in=numbers).select_related("contact", "inbox", "assignee")
    return list(with_marks(rows, user).order_by(*order.terms))


def _end(rows: list[Conversation], order: Order, walk: int) -> Cursor:
    return Cursor(getattr(rows[-1], order.column), rows[-1].pk, walk) if rows else Cursor(None, 0, walk)


def numbers(
    user: User,
    view: str | View,
    *,
    condition: Q | None = None,
    search: str = "",
    limit: int = LIMIT,
    order: Order = NEWEST,
) -> list[int]:
    """The numbers of the first conversations of a view: the first of each branch and status, merged. Raises UnknownView."""
    wanted = view if isinstance(view, View) else named(view, user)
    asked = (condition or Q()) & (holding(search) if search else Q())
    standing = Conversation.objects.filter(asked, wanted.condition, merged_into=None)
    parts = [
        standing.filter(branch, **status).order_by(*order.terms).values_list(order.column, "pk")[:limit]
        for branch in ([Q()] if wanted.is_granted else branches(user))
        for status in ([{"status": one} for one in wanted.statuses] if wanted.statuses is not None else [{}])
    ]
    first, *others = parts
    merged = first.union(*others).order_by(*order.terms)[:limit] if others else first
    return [pk for _at, pk in merged]


def with_marks(rows: QuerySet[Conversation], user: User) -> QuerySet[Conversation]:
    """Whether something is unread, whether this user has begun an answer, and whether one waits to be sent."""
    return rows.annotate(
        is_unread=Q(last_inbound_id__isnull=False) & ~Exists(seeing.seen_by(user)),
        has_draft=Exists(Draft.objects.filter(conversation=OuterRef("pk"), by=user, kind="reply")),
        is_scheduled=Exists(Scheduled.objects.filter(conversation=OuterRef("pk"), state__in=counting.STANDING)),
    )


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
    """How many stand in each standing view of this user, from the kept cells."""
    totals: dict[str, int] = {
        "drafts": counting.drafts(user),
        "scheduled": counting.standing_sends(user).count(),
        "mentions": counting.unseen_mentions(user),
    }
    for (inbox_id, team_id, assignee_id, status), n in counting.cells(user).items():
        for view in _views_of(inbox_id, team_id, assignee_id, status, user.pk):
            totals[view] = totals.get(view, 0) + n
    return totals


def of_contact(user: User, contact_id: int, *, limit: int = 20) -> list[Conversation]:
    """The newest conversations of a contact that this user sees."""
    rows = visible_to(user).filter(contact_id=contact_id).select_related("contact", "inbox", "assignee")
    return list(with_marks(rows, user).order_by("-last_message_at", "-id")[:limit])


def holding(query: str) -> Q:
    """Conversations whose subject holds these letters, or whose contact does under any name they have by now."""
    letters = fold(query)
    people = Contact.objects.filter(search_text__contains=letters).values("pk")
    return Q(search_text__contains=letters) | Q(contact_id__in=people)


def candidates(user: User, conversation: Conversation, *, search: str = "", limit: int = 20) -> list[Conversation]:
    """Other conversations of the same inbox a message could belong to: the same person's first, or what was searched for."""
    rows = visible_to(user).filter(inbox_id=conversation.inbox_id).exclude(pk=conversation.pk)
    rows = rows.filter(holding(search)) if search else rows.filter(contact_id=conversation.contact_id)
    return list(rows.select_related("contact", "inbox", "assignee").order_by("-last_message_at", "-id")[:limit])


def _views_of(inbox_id: int, team_id: int, assignee_id: int, status: str, user_id: int) -> list[str]:
    if status not in LIVELY:
        return [status]
    views = ["all", f"inbox:{inbox_id}"]
    if team_id:
        views.append(f"team:{team_id}")
    if assignee_id == user_id:
        views.append("mine")
    if not assignee_id:
        views.append("unassigned")
    if status == Status.OPEN:
        views.append("waiting")
    return views
