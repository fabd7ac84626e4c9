"""Measuring what happened: each entry of a thread brings the moments of its conversation, and so the figures, up to date."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, datetime
from functools import lru_cache

from muhatap.conversations.models import Conversation, Message
from muhatap.insight import checking, measuring, rollups, voices
from muhatap.insight.measuring import Marks, Others
from muhatap.insight.models import Check
from muhatap.insight.moments import Mark
from muhatap.service import hours, policies
from muhatap.service.models import BusinessHours
from muhatap.service.working import WorkingTime
from muhatap.shared import prepared

UNMEASURED = {"renamed", "tagged", "untagged", "snoozed", "woken", "unassigned"}  # they change no figure
AT_ONCE = 500
# One question, for it is asked after every entry. Rated or not, an invitation that was sent was asked.
MARKS = """
with recursive absorbed (id, stands_for) as (
  select n, n from unnest(%(numbers)s::bigint[]) as n
  union select c.id, a.stands_for from conversations_conversation c join absorbed a on c.merged_into_id = a.id
), asked as (
  select a.stands_for, i.sent_at, coalesce(i.user_id, 0) as user_id, r.score, r.at
  from absorbed a join feedback_invitation i on i.conversation_id = a.id and i.sent_at is not null
  join feedback_survey s on s.id = i.survey_id and s.kind = 'csat'
  left join feedback_response r on r.invitation_id = i.id
)
select d.conversation_id, case when d.breached_at is null then 'sla_met' else 'sla_missed' end,
       coalesce(d.breached_at, d.met_at), coalesce(m.by_id, 0), null::int
from conversations_deadline d left join conversations_message m on m.id = d.met_by_id
where d.conversation_id = any(%(numbers)s) and coalesce(d.breached_at, d.met_at) is not null
union all select stands_for, 'asked', sent_at, user_id, (score is not null)::int from asked
union all select stands_for, 'rated', at, user_id, score from asked where score is not null
"""


def follow(*, message: Message, at: datetime) -> None:
    """Measure the conversation of an entry anew, and the one the entry tells of (merge, move, put back)."""
    if message.kind == Message.Kind.NOTE or message.event in UNMEASURED:
        return
    numbers = {message.conversation_id}
    if other := message.event_details.get("other"):
        numbers.add(int(other))
    measuring.measure(conversation_ids=numbers, others=others(at=at))


def rebuild(*, at: datetime) -> Iterator[int]:
    """Measure every conversation anew, then add up the days; yields how many are done."""
    last, done, told = 0, 0, others(at=at)
    while some := list(Conversation.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        measuring.measure(conversation_ids=some, others=told)
        last, done = some[-1], done + len(some)
        yield done
    rollups.refill()
    voices.refill()


def check_all(*, at: datetime) -> Check:
    """Compare the figures of all days with the conversations and readings themselves."""
    return checking.check(start=date(1970, 1, 1), end=date(9999, 12, 30), at=at)


def others(*, at: datetime) -> Others:
    """What promises and ratings tell about conversations, and the business hours of each inbox as they are now."""

    @lru_cache(maxsize=1000)
    def calendar(inbox_id: int) -> WorkingTime | None:
        found = hours_of(inbox_id)
        return hours.working_time(found, at=at) if found else None

    def working(inbox_id: int, since: datetime, until: datetime) -> int | None:
        known = calendar(inbox_id)
        return int(known.between(since, until).total_seconds()) if known else None

    return Others(marks=marks, working=working)


def hours_of(inbox_id: int) -> BusinessHours | None:
    """Those of the first promise for this inbox that has hours; the firm's oldest hours otherwise."""
    promised = (p for p in policies.standing() if p.hours and (not p.inbox_ids or inbox_id in p.inbox_ids))
    first = next(promised, None)
    return first.hours if first else BusinessHours.objects.order_by("pk").first()


def marks(conversation_ids: Collection[int]) -> Marks:
    """Promises of time, kept or missed, and ratings, asked for and given, of these conversations.

    Asked about a conversation that was merged into another, a rating is told of that one.
    """
    found: dict[int, list[Mark]] = defaultdict(list)
    for conversation_id, kind, at, user_id, value in prepared.rows(MARKS, {"numbers": list(conversation_ids)}):
        found[conversation_id].append(Mark(kind, at, user_id, value))
    return found
