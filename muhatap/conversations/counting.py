"""The counts of the side bar: kept in cells, changed by appended deltas, never counted on page open."""

from collections.abc import Collection

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from muhatap.accounts.models import User
from muhatap.conversations.models import (
    Conversation,
    ConversationCount,
    ConversationCountDelta,
    Scheduled,
)
from muhatap.conversations.visibility import scope
from muhatap.shared import prepared

Status = Conversation.Status
STANDING = (Scheduled.State.WAITING, Scheduled.State.HELD)
LIVELY = (Status.OPEN, Status.WAITING)

FOLD = """
with gone as (delete from conversations_conversationcountdelta returning inbox_id, team_id, assignee_id, status, n),
     sums as (select inbox_id, team_id, assignee_id, status, sum(n) as n from gone group by 1, 2, 3, 4)
insert into conversations_conversationcount as c (inbox_id, team_id, assignee_id, status, n)
select inbox_id, team_id, assignee_id, status, n from sums where n <> 0
on conflict (inbox_id, team_id, assignee_id, status) do update set n = c.n + excluded.n
"""
VIEWS = """
with cells as materialized (
  select inbox_id, team_id, assignee_id, status, n from conversations_conversationcount where {within}
  union all select inbox_id, team_id, assignee_id, status, n from conversations_conversationcountdelta where {within}),
  lively as materialized (select * from cells where status in ('open', 'waiting'))
select case status when 'open' then 'waiting' else status end, sum(n)::bigint from cells where status <> 'waiting' group by status
union all select 'all', sum(n)::bigint from lively
union all select 'mine', sum(n)::bigint from lively where assignee_id = %s
union all select 'unassigned', sum(n)::bigint from lively where assignee_id = 0
union all select 'team:' || team_id, sum(n)::bigint from lively where team_id <> 0 group by team_id
union all select 'inbox:' || inbox_id, sum(n)::bigint from lively group by inbox_id
union all select 'drafts', count(*) from conversations_draft where by_id = %s
union all select 'scheduled', count(*) from conversations_scheduled where by_id = %s and state = any(%s)
union all select 'mentions', count(*) from conversations_mention where user_id = %s and seen_at is null
"""
WAITING = """select coalesce(sum(n), 0)::bigint from (
  select n from conversations_conversationcount where status = 'open' and {within}
  union all select n from conversations_conversationcountdelta where status = 'open' and {within}) c"""


@transaction.atomic
def fold() -> None:
    """Fold appended deltas into the cells; one at a time, others leave."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtext('conversation_count_fold'))")
        if cursor.fetchone()[0]:
            cursor.execute(FOLD)


def cells(user: User) -> dict[tuple[int, int, int, str], int]:
    """Every cell this user sees (inbox, team, assignee, status) and how many conversations stand in it right now."""
    columns = ("inbox_id", "team_id", "assignee_id", "status", "n")
    kept = ConversationCount.objects.filter(scope(user).over()).values_list(*columns)
    pending = ConversationCountDelta.objects.filter(scope(user).over()).values_list(*columns)
    found: dict[tuple[int, int, int, str], int] = {}
    for inbox_id, team_id, assignee_id, status, n in kept.union(pending, all=True):
        cell = (inbox_id, team_id, assignee_id, status)
        found[cell] = found.get(cell, 0) + n
    return {cell: n for cell, n in found.items() if n}


def views(user: User) -> dict[str, int]:
    """How many stand in each view of this user: one statement over the cells, which are as few as views and people."""
    within = scope(user).within()
    values = [*within.values, *within.values, user.pk, user.pk, user.pk, list(STANDING), user.pk]
    return {view: n or 0 for view, n in prepared.rows(VIEWS.format(within=within.sql), values)}


def waiting(user: User) -> int:
    """How many conversations this user sees wait for our answer."""
    within = scope(user).within()
    with connection.cursor() as cursor:
        cursor.execute(WAITING.format(within=within.sql), [*within.values, *within.values])
        return int(cursor.fetchone()[0])


def open_of(user_ids: Collection[int]) -> dict[int, int]:
    """How many open conversations each of these people has right now."""
    theirs = Q(assignee_id__in=user_ids, status=Status.OPEN)
    kept = ConversationCount.objects.filter(theirs).values_list("assignee_id", "n")
    pending = ConversationCountDelta.objects.filter(theirs).values_list("assignee_id", "n")
    found = dict.fromkeys(user_ids, 0)
    for user_id, n in kept.union(pending, all=True):  # one statement: a fold between two would be missed
        found[user_id] += n
    return found


def standing_sends(user: User) -> QuerySet[Scheduled]:
    """What this user wrote to be sent later and has not left yet; few rows, by an index of their own."""
    return Scheduled.objects.filter(by=user, state__in=STANDING)
