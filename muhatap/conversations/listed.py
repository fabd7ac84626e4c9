"""Conversations as lists show them: one statement finds the first of a view and reads what their rows show.

The conditions of a view are the ORM's; around them stands SQL written once, because a list is the union of the newest of each
branch of what somebody sees and of each status, and asking the ORM for each of them costs more than the database does
(docs/decisions/0021-lists-in-one-statement.md).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from muhatap.accounts.models import User
from muhatap.contacts.models import called
from muhatap.conversations.models import Conversation, Scheduled
from muhatap.conversations.visibility import Part
from muhatap.shared import prepared

STANDING = [Scheduled.State.WAITING, Scheduled.State.HELD]
LINES = """
select k.walk, k.n, c.id, c.subject, c.status, c.priority, c.preview, c.preview_kind, c.last_message_at, c.waiting_since,
  c.next_deadline_at, p.name, p.email, p.phone, p.language, i.kind, i.name, d.html, d.id is not null,
  c.last_inbound_id is not null and not exists (select from conversations_seen s
    where s.conversation_id = c.id and s.user_id = %s and s.message_id >= c.last_inbound_id),
  exists (select from conversations_scheduled w where w.conversation_id = c.id and w.state = any(%s)),
  case when c.next_deadline_at is not null then (select l.warn_at from conversations_deadline l
    where l.conversation_id = c.id and l.met_at is null and l.dropped_at is null and l.paused_at is null
    order by l.due_at limit 1) end, c.said_topic
from (select * from ({keys}) f order by walk, place limit %s) k join conversations_conversation c on c.id = k.id
join contacts_contact p on p.id = c.contact_id join channels_inbox i on i.id = c.inbox_id
left join conversations_draft d on d.conversation_id = c.id and d.by_id = %s and d.kind = 'reply'
order by k.walk, k.place
"""
WALK = """select {number} as walk, u.id, row_number() over (order by {terms}) as place, count(*) over () as n
from ({parts}) u (at, id) order by {terms} limit {limit}"""
NAMED = "select 0 as walk, u.id, u.place, 0 as n from unnest(%s::bigint[]) with ordinality as u (id, place)"


@dataclass(frozen=True, slots=True)
class Line:
    """A conversation as a list shows it, for one reader. `walk` is the one of its order it was met on."""

    walk: int
    pk: int
    subject: str
    status: str
    priority: int
    preview: str
    preview_kind: str
    last_message_at: datetime
    waiting_since: datetime | None
    next_deadline_at: datetime | None
    name: str
    language: str
    channel: str
    inbox: str
    draft: str
    has_draft: bool
    is_unread: bool
    is_scheduled: bool
    warn_at: datetime | None
    said_topic: int | None  # a number in a room this one does not know

    @property
    def is_closed(self) -> bool:
        return self.status in (Conversation.Status.RESOLVED, Conversation.Status.SPAM)


@dataclass(frozen=True)
class Lines:
    """Rows in their order; `n` says how many a walk holds in all, counted no further than it was looked."""

    rows: list[Line]
    n: dict[int, int]


def walk(
    rows: "QuerySet[Conversation]", branches: Sequence[Part], *, number: int, column: str, is_down: bool, limit: int
) -> Part | None:
    """The keys of the first of these rows in an order, taken from each branch along its own index and merged.

    None when the conditions hold nothing. A branch's condition is put behind the ORM's own, which always ends with its "where".
    """
    try:
        sql, values = rows.order_by().values_list(column, "pk").query.sql_with_params()
    except EmptyResultSet:
        return None
    side = " desc" if is_down else ""
    parts = [f"({sql} and {branch.sql} order by 1{side}, 2{side} limit {limit})" for branch in branches]
    terms = f"u.at{side}, u.id{side}"
    text = WALK.format(number=number, terms=terms, parts=" union ".join(parts), limit=limit)
    return Part(text, tuple(value for branch in branches for value in (*values, *branch.values)))


def numbers(walks: Iterable[Part], *, limit: int) -> list[int]:
    """The keys alone."""
    keys = _together(walks)
    if keys is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"select id from ({keys.sql}) k order by walk, place limit %s", [*keys.values, limit])  # noqa: S608
        return [pk for (pk,) in cursor.fetchall()]


def lines(user: User, walks: Iterable[Part], *, limit: int) -> Lines:
    """The rows that these keys lead to, as this user reads them."""
    keys = _together(walks)
    if keys is None:
        return Lines([], {})
    found = prepared.rows(LINES.format(keys=keys.sql), [user.pk, STANDING, *keys.values, limit, user.pk])
    return Lines([_line(*row) for row in found], {row[0]: row[1] for row in found})


def of_numbers(user: User, found: Sequence[int]) -> list[Line]:
    """These conversations in this order."""
    return lines(user, [Part(NAMED, (list(found),))], limit=len(found)).rows if found else []


def _together(walks: Iterable[Part]) -> Part | None:
    parts = list(walks)
    if not parts:
        return None
    return Part(
        " union all ".join(f"({part.sql})" for part in parts), tuple(value for part in parts for value in part.values)
    )


def _line(
    walk: int, _n: int, pk: int, subject: str, status: str, priority: int, preview: str, preview_kind: str,
    last_message_at: datetime, waiting_since: datetime | None, next_deadline_at: datetime | None,
    name: str, email: str, phone: str, language: str, channel: str, inbox: str, draft: str | None, *marks: Any,
) -> Line:  # fmt: skip
    moments = (last_message_at, waiting_since, next_deadline_at)
    person = (called(name, email, phone), language)
    told = (subject, status, priority, preview, preview_kind)
    return Line(walk, pk, *told, *moments, *person, channel, inbox, draft or "", *marks)
