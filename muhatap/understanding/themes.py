"""Looking for themes: what people wrote in the last weeks is grouped anew, and each group goes on as the theme it was before."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection, transaction
from django.utils import timezone

from muhatap.reading import themes as pure
from muhatap.reading.themes import FALSE_ALARMS, Found, Rise, Text, Week
from muhatap.shared import locks
from muhatap.understanding.models import Reading, Theme, ThemeLook, ThemeMember, ThemeWeek

WEEKS = 12
COMPARED = 8  # weeks before this one
MOST_A_WEEK = 1_500  # messages that are read of one week; of more a draw that is the same every night
LEAST_BEFORE = 20  # people in the weeks before, or there is nothing to compare with
LOOKS_A_WEEK = 8  # each night of it, and once when it is over
SEED = 20261122
ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(weeks=1)
Words = Callable[[Collection[int]], Mapping[int, str]]  # interactions → what was written
COUNT = """
select coalesce(t.merged_into_id, t.id), m.week_on, count(*), count(distinct coalesce(i.contact_id, -i.id))
from understanding_thememember m
join understanding_theme t on t.id = m.theme_id
join understanding_reading r on r.id = m.reading_id
join interactions_interaction i on i.id = r.interaction_id
where m.week_on between %s and %s group by 1, 2
"""


@dataclass(frozen=True)
class _Row:
    pk: int
    interaction_id: int
    person: int
    language: str
    week_on: date


def monday(at: datetime) -> date:
    """The first day of the week of a moment, where the firm is."""
    on = timezone.localtime(at, timezone.get_default_timezone()).date()
    return on - timedelta(days=on.weekday())


def weeks_told(at: datetime) -> list[date]:
    """The weeks that are compared and told of: this one, and on Monday first the one that ended with the night."""
    return sorted({monday(at - ONE_DAY), monday(at)})


@transaction.atomic
def look(*, at: datetime, words: Words) -> ThemeLook:
    """Find the themes of the last weeks, lay them to those known, count their weeks and mark what jumps. May run twice."""
    locks.hold("themes")
    week_on = monday(at)
    rows, n_left_out = _drawn(week_on, at)
    written = words([row.interaction_id for row in rows])
    texts = [
        Text(key=row.pk, text=written.get(row.interaction_id, ""), person=row.person, language=row.language)
        for row in rows
    ]
    found = pure.find(texts, newest={row.pk for row in rows if row.week_on == week_on}, seed=SEED)
    n_new = _keep(found, {row.pk: row for row in rows}, at=at)
    people, first = _people(rows), week_on - (WEEKS - 1) * ONE_WEEK
    _forget_undrawn(rows, first=first, last=week_on)
    count(people, first=first, last=week_on)
    n_jumps = [_compare(week, people) for week in weeks_told(at)][-1]
    return ThemeLook.objects.create(
        at=at,
        week_on=week_on,
        n_texts=len(rows),
        n_left_out=n_left_out,
        n_themes=len(found),
        n_new=n_new,
        n_jumps=n_jumps,
    )


def count(people: Mapping[date, int], *, first: date, last: date) -> None:
    """Write down anew how many wrote of each theme in each of these weeks; what was told stays told."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [first, last])
        cells = {(theme, week): (n, who) for theme, week, n, who in cursor.fetchall() if people.get(week)}
    for known in ThemeWeek.objects.filter(begins_on__range=(first, last)):
        if (known.theme_id, known.begins_on) not in cells and not known.told_at:
            known.delete()
    ThemeWeek.objects.bulk_create(
        [
            ThemeWeek(theme_id=theme, begins_on=week, n_messages=n, n_people=who, n_all=max(people[week], who))
            for (theme, week), (n, who) in sorted(cells.items())
        ],
        update_conflicts=True,
        unique_fields=["theme", "begins_on"],
        update_fields=["n_messages", "n_people", "n_all"],
    )


def recount(theme: Theme) -> None:
    """Count one theme anew, as after a merge: of how many who wrote at all is known from its weeks before."""
    weeks = ThemeWeek.objects.order_by("begins_on").values_list("begins_on", "n_all")
    people = dict(weeks)
    if people:
        count(people, first=min(people), last=max(people))


def _drawn(week_on: date, at: datetime) -> tuple[list[_Row], int]:
    """What is read: of each week at most MOST_A_WEEK messages, evenly drawn; and how many were left out.

    A message keeps its place in the draw, so that a week that is over is read the same every night.
    """
    zone = timezone.get_default_timezone()
    since = datetime.combine(week_on - (WEEKS - 1) * ONE_WEEK, time(), tzinfo=zone)
    asked = Reading.objects.filter(at__gte=since, at__lte=at).exclude(kind=Reading.Kind.OTHER)
    weeks: dict[date, list[_Row]] = defaultdict(list)
    columns = ("pk", "interaction_id", "interaction__contact_id", "language", "at")
    for pk, interaction_id, contact_id, language, said_at in asked.order_by("pk").values_list(*columns):
        week = monday(said_at)
        weeks[week].append(_Row(pk, interaction_id, contact_id or -interaction_id, language, week))
    drawn: list[_Row] = []
    for week in sorted(weeks):
        rows = weeks[week]
        drawn += rows if len(rows) <= MOST_A_WEEK else sorted(rows, key=_place)[:MOST_A_WEEK]
    return drawn, sum(map(len, weeks.values())) - len(drawn)


def _place(row: _Row) -> bytes:
    return hashlib.blake2b(f"{SEED}:{row.pk}".encode(), digest_size=8).digest()


def _forget_undrawn(rows: Sequence[_Row], *, first: date, last: date) -> None:
    """A week's people are those of the messages read: whose message is not read any more is no member either."""
    members = ThemeMember.objects.filter(week_on__range=(first, last))
    members.exclude(reading_id__in=[row.pk for row in rows]).delete()


def _keep(found: Sequence[Found], rows: Mapping[int, _Row], *, at: datetime) -> int:
    """Write members; a group without a theme that it goes on with becomes one. How many did."""
    known: dict[int, set[int]] = defaultdict(set)
    for theme_id, reading_id in ThemeMember.objects.filter(reading_id__in=rows).values_list("theme_id", "reading_id"):
        known[theme_id].add(reading_id)
    names = pure.matched([one.keys for one in found], known)
    themes = [
        Theme.objects.get(pk=name) if name else _begun(one, rows, at=at) for one, name in zip(found, names, strict=True)
    ]
    placed = {key for one in found for key in one.keys}
    gone = {key for name in names if name for key in known[name]} - placed
    ThemeMember.objects.filter(reading_id__in=placed | gone).delete()
    ThemeMember.objects.bulk_create(
        [
            ThemeMember(theme=theme, reading_id=key, week_on=rows[key].week_on, near=near)
            for theme, one in zip(themes, found, strict=True)
            for key, near in one.members
        ],
        batch_size=2_000,
    )
    for theme, one, name in zip(themes, found, names, strict=True):
        if name and theme.words != list(one.words):
            theme.words = list(one.words)
            theme.save(update_fields=["words"])
    return sum(1 for name in names if not name)


def _begun(one: Found, rows: Mapping[int, _Row], *, at: datetime) -> Theme:
    first = min(rows[key].week_on for key in one.keys)
    return Theme.objects.create(words=list(one.words), begins_on=first, found_at=at)


def _people(rows: Sequence[_Row]) -> dict[date, int]:
    """How many wrote in each week."""
    wrote: dict[date, set[int]] = defaultdict(set)
    for row in rows:
        wrote[row.week_on].add(row.person)
    return {week: len(who) for week, who in wrote.items()}


def _compare(week_on: date, people: Mapping[date, int]) -> int:
    """Mark the themes that grew this week more than chance explains. How many do."""
    before = [week_on - n * ONE_WEEK for n in range(1, COMPARED + 1)]
    all_before = sum(people.get(week, 0) for week in before)
    weeks = list(
        ThemeWeek.objects.filter(begins_on=week_on, theme__hidden_at=None, theme__merged_into=None).order_by("theme_id")
    )
    if all_before < LEAST_BEFORE or not weeks:
        return 0
    earlier: dict[int, int] = defaultdict(int)
    for theme_id, n in ThemeWeek.objects.filter(begins_on__in=before).values_list("theme_id", "n_people"):
        earlier[theme_id] += n
    compared = [Week(now=w.n_people, before=earlier[w.theme_id], all_now=w.n_all, all_before=all_before) for w in weeks]
    for week, rise in zip(weeks, pure.rises(compared, false_alarms=FALSE_ALARMS / LOOKS_A_WEEK), strict=True):
        _mark(week, rise)
    ThemeWeek.objects.bulk_update(weeks, ["expected", "chance", "is_jump"])
    return sum(week.is_jump for week in weeks)


def _mark(week: ThemeWeek, rise: Rise) -> None:
    week.expected, week.chance = round(rise.expected, 2), rise.chance
    week.is_jump = rise.is_jump or week.told_at is not None
