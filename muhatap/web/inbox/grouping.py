"""The heads of a list: whose turn it is, and in the order of deadlines what is late, due today, later."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from muhatap.accounts.models import User
from muhatap.conversations import lists
from muhatap.conversations.listed import Line
from muhatap.conversations.lists import COUNTED, Cursor, Page, View
from muhatap.conversations.models import Conversation
from muhatap.web.common import times

BY_TURN = ("waiting", "theirs", "others")
Status = Conversation.Status


@dataclass(frozen=True, kw_only=True)
class Head:
    """Rows under one head. One that goes on from the page before shows no head again."""

    key: str
    title: str
    count: str
    tone: str
    is_continued: bool
    rows: tuple[Line, ...]


@dataclass(frozen=True, kw_only=True)
class Listed:
    """What was asked for: the view of a reader, in which order, from where on."""

    user: User
    view: str | View
    order: str
    search: str
    before: Cursor | None
    now: datetime

    @property
    def evening(self) -> datetime:
        """The end of today where the company is."""
        tomorrow = timezone.localtime(self.now).date() + timedelta(days=1)
        return timezone.make_aware(datetime.combine(tomorrow, time()))


def heads(page: Page, asked: Listed) -> Iterator[Head]:
    """The rows of a page under their heads, each with how many stand under it in all."""
    begun = _begun(asked)
    runs = list(_runs(page.rows, asked))
    for number, (key, rows) in enumerate(runs):
        is_continued = number == 0 and key == begun
        is_cut = page.next is not None and number == len(runs) - 1 and asked.order == "deadline"
        yield Head(
            key=key,
            title=_titles()[key],
            count="" if is_continued else _count(key, rows[0], page, asked) if is_cut else times.count(len(rows)),
            tone="late" if key == "late" else "",
            is_continued=is_continued,
            rows=rows,
        )


def _runs(rows: list[Line], asked: Listed) -> Iterator[tuple[str, tuple[Line, ...]]]:
    if asked.order == "deadline":
        for key, run in groupby(rows, key=lambda row: _due(row.next_deadline_at, asked) or _turn(row)):
            yield key, tuple(run)
        return
    for key in BY_TURN:
        if found := tuple(row for row in rows if _turn(row) == key):
            yield key, found


def _due(moment: datetime | None, asked: Listed) -> str:
    if moment is None:
        return ""
    return "late" if moment <= asked.now else "today" if moment < asked.evening else "later"


def _turn(row: Line) -> str:
    return {Status.OPEN: "waiting", Status.WAITING: "theirs"}.get(Status(row.status), "others")


def _begun(asked: Listed) -> str:
    """The head under which the page before ended."""
    if asked.order != "deadline" or asked.before is None or not asked.before.id:
        return ""
    return _due(asked.before.at, asked) if asked.before.walk == 0 else ("", *BY_TURN)[asked.before.walk]


def _count(key: str, first: Line, page: Page, asked: Listed) -> str:
    """How many stand under a head that this page does not show whole: counted no further than a reader cares.

    A head that is a whole walk was counted with the page; the heads of one walk, by when they are due, are asked one by one.
    """
    condition = {
        "late": Q(next_deadline_at__lte=asked.now),
        "today": Q(next_deadline_at__gt=asked.now, next_deadline_at__lt=asked.evening),
        "later": Q(next_deadline_at__gte=asked.evening),
    }.get(key)
    n = page.n[first.walk] if condition is None else _n_due(condition, asked)
    return f"{COUNTED - 1}+" if n >= COUNTED else times.count(n)


def _n_due(condition: Q, asked: Listed) -> int:
    walk = lists.BY_DEADLINE[0]
    met = walk.of(asked.view if isinstance(asked.view, View) else lists.named(asked.view, asked.user))
    if met is None:
        return 0
    found = lists.numbers(
        asked.user, met, condition=condition, search=asked.search, limit=COUNTED, order=walk.order
    )  # fmt: skip
    return len(found)


def _titles() -> dict[str, str]:
    return {
        "late": _("Overdue"),
        "today": _("Due today"),
        "later": _("Due later"),
        "waiting": _("Waiting for us"),
        "theirs": _("Waiting for the customer"),
        "others": _("Others"),
    }
