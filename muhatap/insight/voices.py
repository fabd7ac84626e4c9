"""What customers praise, ask and complain about, counted: by the day from sums that follow readings, by segment and product from rows.

Sums know kind, mood, topic, channel and inbox; whose message it was and what they had bought is looked up for the days asked for.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

BOUGHT_WITHIN = 90  # days before a message in which an order may be what it is about
ONE_DAY = timedelta(days=1)
CELL = '"on", kind, sentiment, topic_id, channel, inbox_id'
KEPT = f"""
select {CELL}, n, n_sure from insight_voiceday where "on" between %(start)s and %(end)s
union all
select (at at time zone %(zone)s)::date, kind, sentiment, topic_id, channel, inbox_id, n, n_sure
from insight_voicedelta where at >= %(since)s and at < %(until)s
"""  # noqa: S608 (columns are ours)
RAW = """
select r.id as reading_id, r.interaction_id, (r.at at time zone %(zone)s)::date as "on", r.kind, r.sentiment,
  coalesce(r.topic_id, 0) as topic_id, i.channel,
  coalesce(i.inbox_id, 0) as inbox_id, 1 as n, r.is_sure::int as n_sure, i.contact_id, r.at
from understanding_reading r join interactions_interaction i on i.id = r.interaction_id
where r.at >= %(since)s and r.at < %(until)s
"""
LAST_ORDER = """(select o.id from sales_order o where o.contact_id = cells.contact_id and o.placed_at <= cells.at
  and o.placed_at > cells.at - %(within)s * interval '1 day' and o.state <> 'cancelled' order by o.placed_at desc limit 1)"""
FOLD = f"""
with gone as (delete from insight_voicedelta returning *),
     sums as (select (at at time zone %(zone)s)::date as "on", kind, sentiment, topic_id, channel, inbox_id,
                sum(n) as n, sum(n_sure) as n_sure
              from gone group by 1, 2, 3, 4, 5, 6 having sum(n) <> 0 or sum(n_sure) <> 0)
insert into insight_voiceday as v ({CELL}, n, n_sure) select {CELL}, n, n_sure from sums order by 1, 2, 3, 4, 5, 6
on conflict ({CELL}) do update set n = v.n + excluded.n, n_sure = v.n_sure + excluded.n_sure
"""  # noqa: S608 (columns are ours)
REFILL = """
insert into insight_voicedelta (at, kind, sentiment, topic_id, channel, inbox_id, n, n_sure)
select r.at, r.kind, r.sentiment, coalesce(r.topic_id, 0), i.channel, coalesce(i.inbox_id, 0), 1, r.is_sure::int
from understanding_reading r join interactions_interaction i on i.id = r.interaction_id
"""
SUMS = ", ".join(
    [
        f"coalesce(sum(n) filter (where kind = '{kind}'), 0)"
        for kind in ("praise", "request", "question", "complaint", "other")
    ]
    + [
        f"coalesce(sum(n) filter (where kind <> 'other' and sentiment = '{mood}'), 0)"
        for mood in ("positive", "neutral", "negative")
    ]
    + ["coalesce(sum(n_sure) filter (where kind <> 'other'), 0)"]
)
GROUPS = {
    "": ("0", ""),
    "on": ('"on"', ""),
    "topic": ("topic_id", ""),
    "channel": ("channel", ""),
    "inbox": ("inbox_id", ""),
    "tag": ("tag_id", "join contacts_contacttag t on t.contact_id = cells.contact_id"),
    "product": (
        "product_id",
        f"join lateral (select distinct l.product_id from sales_orderline l where l.order_id = {LAST_ORDER}) b on b.product_id is not null",  # noqa: S608 (ours)
    ),
}
OF_ROWS = ("tag", "product")  # what the sums do not know


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which days (both included), and of which topics, channel, inbox, segment and product; None and "" are all."""

    start: date
    end: date
    topic_ids: tuple[int, ...] | None = None
    channel: str = ""
    inbox_id: int | None = None
    tag_id: int | None = None
    product_id: int | None = None
    theme_ids: tuple[int, ...] = ()

    @property
    def needs_rows(self) -> bool:
        """Whether something is asked that the sums do not know."""
        return self.tag_id is not None or self.product_id is not None or bool(self.theme_ids)

    @property
    def is_of_messages(self) -> bool:
        """Whether something is asked that only messages have: who answers a survey is somebody, and says so on a day."""
        narrowed = (self.topic_ids, self.inbox_id, self.product_id)
        return any(each is not None for each in narrowed) or bool(self.channel or self.theme_ids)

    @property
    def before(self) -> "Asked":
        """As many days right before."""
        length = self.end - self.start + ONE_DAY
        return replace(self, start=self.start - length, end=self.start - ONE_DAY)

    def values(self) -> dict[str, Any]:
        zone = timezone.get_default_timezone()
        return {
            "start": self.start,
            "end": self.end,
            "since": datetime.combine(self.start, time(), tzinfo=zone),
            "until": datetime.combine(self.end + ONE_DAY, time(), tzinfo=zone),
            "zone": str(zone),
            "within": BOUGHT_WITHIN,
            "topics": list(self.topic_ids or ()),
            "channel": self.channel,
            "inbox": self.inbox_id,
            "tag": self.tag_id,
            "product": self.product_id,
            "themes": list(self.theme_ids),
        }

    def condition(self) -> str:
        """The same as SQL over cells."""
        parts = ["true"]
        if self.topic_ids is not None:
            parts.append("topic_id = any(%(topics)s)")
        if self.channel:
            parts.append("channel = %(channel)s")
        if self.inbox_id is not None:
            parts.append("inbox_id = %(inbox)s")
        if self.tag_id is not None:
            parts.append(
                "exists (select from contacts_contacttag g where g.contact_id = cells.contact_id and g.tag_id = %(tag)s)"
            )
        if self.product_id is not None:
            parts.append(
                f"exists (select from sales_orderline g where g.order_id = {LAST_ORDER} and g.product_id = %(product)s)"
            )
        if self.theme_ids:
            parts.append(
                "reading_id in (select m.reading_id from understanding_thememember m where m.theme_id = any(%(themes)s))"
            )
        return " and ".join(parts)


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many messages of each kind and mood. `n` leaves out what is no matter of ours; moods are of the same messages."""

    praise: int = 0
    request: int = 0
    question: int = 0
    complaint: int = 0
    other: int = 0
    positive: int = 0
    neutral: int = 0
    negative: int = 0
    n_sure: int = 0

    @property
    def n(self) -> int:
        return self.praise + self.request + self.question + self.complaint

    @property
    def asked(self) -> int:
        """Requests and questions."""
        return self.request + self.question


def counts(asked: Asked, by: str = "", *, is_raw: bool = False) -> dict[Any, Counts]:
    """Counts of each day, topic (0 for none), channel, inbox, tag or product that has any; under 0 all, without `by`.

    `is_raw` counts the readings themselves, whatever the sums say.
    """
    needs_rows = is_raw or by in OF_ROWS or asked.needs_rows
    column, join = GROUPS[by]
    statement = f"""select {column}, {SUMS} from ({RAW if needs_rows else KEPT}) cells {join}
        where {asked.condition()} group by 1 having sum(n) <> 0"""  # noqa: S608 (parts are ours, values are not in it)
    with connection.cursor() as cursor:
        cursor.execute(statement, asked.values())
        return {key: _counted(row) for key, *row in cursor.fetchall()}


def total(asked: Asked) -> Counts:
    """All of it."""
    return counts(asked).get(0, Counts())


def over(days: Mapping[date, Counts], spans: Iterable[tuple[date, date]]) -> list[Counts]:
    """Counts of spans of days, from counts of days."""
    return [together(found for on, found in days.items() if start <= on <= end) for start, end in spans]


def together(some: Iterable[Counts]) -> Counts:
    names = [field.name for field in fields(Counts)]
    sums = dict.fromkeys(names, 0)
    for one in some:
        for name in names:
            sums[name] += getattr(one, name)
    return Counts(**sums)


@transaction.atomic
def fold() -> None:
    """Fold appended changes into the days of the firm; one at a time, others leave."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtext('insight_voice_fold'))")
        if cursor.fetchone()[0]:
            cursor.execute(FOLD, {"zone": str(timezone.get_default_timezone())})


@transaction.atomic
def refill() -> None:
    """Throw the sums away and add them up anew, as after the firm moved to another time zone; nobody reads meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("lock table understanding_reading in share mode")
        cursor.execute("truncate insight_voiceday, insight_voicedelta")
        cursor.execute(REFILL)
    fold()


def is_true(start: date, end: date) -> bool:
    """Whether the sums of these days equal a count of the readings."""
    return not any(True for _each in differences(start, end))


def differences(start: date, end: date) -> Iterator[tuple[str, Any, Counts, Counts]]:
    """Where the sums of these days are not what a count of the readings gives: (cut, of what, sum, count)."""
    asked = Asked(start=start, end=end)
    for by in ("on", "topic", "channel", "inbox"):
        kept, counted = counts(asked, by), counts(asked, by, is_raw=True)
        for key in sorted({*kept, *counted}):
            if (sums := kept.get(key, Counts())) != (real := counted.get(key, Counts())):
                yield by, key, sums, real


def _counted(row: Collection[Any]) -> Counts:
    return Counts(**{field.name: int(n) for field, n in zip(fields(Counts), row, strict=True)})
