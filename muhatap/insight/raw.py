"""The figures of some days straight from messages and closures, without moments: what the roll-ups must equal.

Written as questions to the database on purpose, in another way than `moments` reads a thread, so that one checks the other.
"""

from collections.abc import Iterator
from datetime import date

from django.db import connection
from django.utils import timezone

Cell = tuple[str, date, int, int, int]  # figure, day, inbox, team, user

BASE = """
with counted as (
  select id, inbox_id, coalesce(team_id, 0) as team_id, created_at from conversations_conversation
  where merged_into_id is null and status <> 'spam'
),
entries as (
  select m.id, m.conversation_id, m.at, coalesce(m.by_id, 0) as by_id,
    case when m.kind = 'inbound' and not m.is_automatic then 'in'
         when m.kind = 'outbound' and not m.is_automatic then 'out'
         when m.kind = 'outbound' then 'auto'
         when m.event in ('resolved', 'spam') then 'end'
         when m.event = 'assigned' and (m.event_details->>'to_id') is not null then 'given' end as what,
    (m.event_details->>'to_id')::bigint as to_id
  from conversations_message m join counted on counted.id = m.conversation_id
),
groups as (
  select *, count(*) filter (where what in ('out', 'end'))
    over (partition by conversation_id order by id rows between unbounded preceding and 1 preceding) as nth
  from entries where what in ('in', 'out', 'end')
),
waits as (
  select conversation_id, nth, (array_agg(at order by id) filter (where what = 'in'))[1] as since,
    (array_agg(at) filter (where what = 'out'))[1] as answered_at,
    (array_agg(by_id) filter (where what = 'out'))[1] as by_id
  from groups group by 1, 2
),
responses as (
  select *, row_number() over (partition by conversation_id order by nth) as rank
  from waits where since is not null and answered_at is not null
),
firsts as (
  select conversation_id, (array_agg(at order by id))[1] as at from entries where what = 'in' group by 1
),
closures as (
  select c.*, coalesce(c.by_id, 0) as closer,
    exists (select 1 from conversations_closure o
            where o.conversation_id = c.conversation_id and o.ended_at = c.at and o.id < c.id) as continues,
    exists (select 1 from conversations_closure o
            where o.conversation_id = c.conversation_id and o.at = c.ended_at and o.id > c.id) as is_continued
  from conversations_closure c join counted on counted.id = c.conversation_id
),
settled as (
  select c.*, case when c.continues then (
      select max(o.at) from closures o where o.conversation_id = c.conversation_id and o.id < c.id and not o.continues
    ) else c.at end as settled_at
  from closures c
),
found as (
  select 'arrived' as figure, conversation_id, at, 0::bigint as user_id, 0::bigint as value from firsts
  union all select 'received', conversation_id, at, 0, 0 from entries where what = 'in'
  union all select 'answered', conversation_id, at, by_id, 0 from entries where what = 'out'
  union all select 'automatic', conversation_id, at, 0, 0 from entries where what = 'auto'
  union all select 'assigned', conversation_id, at, to_id, 0 from entries where what = 'given'
  union all select case when rank = 1 then 'first_response' else 'next_response' end, conversation_id, answered_at, by_id,
    greatest(0, floor(extract(epoch from answered_at - since)))::bigint from responses
  union all select 'left', conversation_id, at, 0, 0 from closures where not continues
  union all select 'entered', id, created_at, 0, 0 from counted
  union all select 'entered', conversation_id, ended_at, 0, 0 from closures where ended_at is not null and not is_continued
  union all select 'reopened', conversation_id, ended_at, closer, 0 from closures
    where ended_at is not null and not is_continued and outcome = 'resolved'
  union all select 'resolution', s.conversation_id, s.settled_at, s.closer, greatest(0, floor(extract(epoch from s.settled_at - coalesce(
      (select max(o.ended_at) from closures o
       where o.conversation_id = s.conversation_id and o.ended_at is not null and not o.is_continued),
      (select f.at from firsts f where f.conversation_id = s.conversation_id),
      (select k.created_at from counted k where k.id = s.conversation_id)))))::bigint
    from settled s where s.ended_at is null and s.outcome = 'resolved'
)
select figure, (at at time zone %(zone)s)::date as day, inbox_id, team_id, user_id, count(*), sum(value)::bigint
from found join counted on counted.id = found.conversation_id
where (at at time zone %(zone)s)::date between %(start)s and %(end)s
group by 1, 2, 3, 4, 5
"""
FIGURES = (
    "arrived", "received", "answered", "automatic", "assigned", "first_response", "next_response", "resolution",
    "reopened", "entered", "left",
)  # fmt: skip


def cells(start: date, end: date) -> Iterator[tuple[Cell, tuple[int, int]]]:
    """Every cell of these days and its (n, total), counted anew. Reads all conversations: for nights and tests."""
    zone = str(timezone.get_default_timezone())
    with connection.cursor() as cursor:
        cursor.execute(BASE, {"zone": zone, "start": start, "end": end})
        for figure, day, inbox, team, user, n, total in cursor:
            yield (figure, day, inbox, team, user), (n, int(total))
