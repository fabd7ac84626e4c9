"""The week as everybody in the company is told it: what customers said, how it moved, one voice for and one against."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from muhatap.accounts.models import User
from muhatap.conversations.visibility import readable_interactions
from muhatap.insight import intervals, loyalty, masking, themes, voice_rows, voices
from muhatap.insight.intervals import Span
from muhatap.insight.themes import Told
from muhatap.insight.voice_rows import Row
from muhatap.insight.voices import Asked, Counts
from muhatap.service import promises
from muhatap.service.models import Promise
from muhatap.service.promises import Tally
from muhatap.understanding.models import Reading, Topic

TOPICS = 3
LEAST, MOST = 20, 320  # letters, for signs alone say nothing to others; characters of a text that is quoted
LOOKED_AT = 60  # messages among which a voice is chosen
ONE_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, kw_only=True)
class Quote:
    """What somebody wrote, without what points to them."""

    text: str
    name: str
    topic: str
    language: str
    row: Row


@dataclass(frozen=True, kw_only=True)
class TopicLine:
    """A topic and how many wrote so of it, this week and the week before."""

    topic: Topic
    n: int
    before: int

    @property
    def name(self) -> str:
        """In the active language: one week is told in several."""
        return str(self.topic)


@dataclass(frozen=True, kw_only=True)
class Week:
    """One week. Figures are the firm's; quotes are of messages the reader may see, before a reader is known there are none."""

    begins_on: date
    now: Counts
    then: Counts
    pleased: Span
    pleased_then: Span
    satisfied: Span
    loyalty: Span
    praised: tuple[TopicLine, ...]
    complained: tuple[TopicLine, ...]
    praise: Quote | None
    complaint: Quote | None
    jumps: tuple[Told, ...]
    fresh: tuple[Told, ...]
    promises: Tally

    @property
    def ends_on(self) -> date:
        return self.begins_on + timedelta(days=6)

    @property
    def is_empty(self) -> bool:
        return not (self.now.n or self.then.n or self.promises.n)


def of(user: User, *, week_on: date, at: datetime) -> Week:
    """The week that began on this Monday, as this user may be told it; one that is not over as it stands."""
    return quoting(of_firm(week_on, at=at), user)


def quoting(week: Week, user: User) -> Week:
    """The week of the firm with the voices this user may see."""
    asked = Asked(start=week.begins_on, end=week.ends_on)
    return replace(
        week,
        praise=_voice(asked, user, Reading.Kind.PRAISE, Reading.Sentiment.POSITIVE),
        complaint=_voice(asked, user, Reading.Kind.COMPLAINT, Reading.Sentiment.NEGATIVE),
    )


def of_firm(week_on: date, *, at: datetime | None = None) -> Week:
    """What is the same for every reader; nobody is quoted. `at` where the week may not be over."""
    asked = Asked(start=week_on, end=week_on + timedelta(days=6))
    now, then = voices.total(asked), voices.total(asked.before)
    topics, before = voices.counts(asked, "topic"), voices.counts(asked.before, "topic")
    scores = loyalty.scores(asked)
    told = [one for one in themes.all_of(at=_end(week_on)) if one.theme.hidden_at is None]
    return Week(
        begins_on=week_on,
        now=now,
        then=then,
        pleased=intervals.share(now.positive, now.positive + now.negative),
        pleased_then=intervals.share(then.positive, then.positive + then.negative),
        satisfied=scores.satisfaction(asked.start, asked.end),
        loyalty=scores.loyalty(asked.start, asked.end),
        praised=_most(topics, before, "praise"),
        complained=_most(topics, before, "complaint"),
        praise=None,
        complaint=None,
        jumps=tuple(one for one in told if one.is_jump)[:TOPICS],
        fresh=tuple(one for one in told if one.theme.begins_on == week_on and one.now and not one.is_jump)[:TOPICS],
        promises=_promises(week_on, at),
    )


def _most(topics: dict[int, Counts], before: dict[int, Counts], kind: str) -> tuple[TopicLine, ...]:
    order = sorted(topics, key=lambda pk: (-getattr(topics[pk], kind), pk))
    kept = [pk for pk in order if pk and getattr(topics[pk], kind)][:TOPICS]
    known = Topic.objects.in_bulk(kept)
    return tuple(
        TopicLine(topic=known[pk], n=getattr(topics[pk], kind), before=getattr(before.get(pk, Counts()), kind))
        for pk in kept
        if pk in known
    )


def _voice(asked: Asked, user: User, kind: str, mood: str) -> Quote | None:
    """The surest message of a length that can be quoted, of those the reader may see."""
    values = asked.values()
    rows = Reading.objects.filter(
        kind=kind, sentiment=mood, is_sure=True, at__gte=values["since"], at__lt=values["until"]
    )
    surest = list(rows.order_by("-kind_confidence", "-pk").values_list("pk", "interaction_id")[:LOOKED_AT])
    seen = readable_interactions(user, [interaction for _pk, interaction in surest])
    for row in voice_rows.rows([pk for pk, interaction in surest if interaction in seen]):
        text = " ".join(row.text.split())
        if sum(map(str.isalpha, text)) >= LEAST and len(text) <= MOST:
            return _quote(row, text)
    return None


def _quote(row: Row, text: str) -> Quote:
    contact = row.reading.interaction.contact
    names = [contact.name, contact.email.partition("@")[0]] if contact else []
    return Quote(
        text=masking.masked(text, names=names),
        name=masking.short_name(contact.name) if contact else "",
        topic=str(row.reading.topic) if row.reading.topic else "",
        language=row.reading.language,
        row=row,
    )


def _promises(week_on: date, at: datetime | None) -> Tally:
    """Of promises whose moment fell in the week, as they stood when it ended; before that, what is still ahead is not owed."""
    zone = timezone.get_default_timezone()
    since = datetime.combine(week_on, time(), tzinfo=zone)
    rows = Promise.objects.filter(due_at__gte=since, due_at__lt=since + ONE_WEEK)
    return promises.tally(rows, at=min(at or since + ONE_WEEK, since + ONE_WEEK))


def _end(week_on: date) -> datetime:
    """The last moment of the week."""
    return datetime.combine(week_on + ONE_WEEK, time(), tzinfo=timezone.get_default_timezone()) - timedelta(seconds=1)
