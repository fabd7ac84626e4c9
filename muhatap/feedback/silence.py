"""Who did not answer, beside who did: where the two differ, the figures speak for some customers only.

Whoever may still answer is counted beside them: so far they belong to neither.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import DurationField, ExpressionWrapper, F, Q, QuerySet

from muhatap.contacts.models import Tag
from muhatap.feedback import asking, figures, results
from muhatap.feedback.figures import Figure
from muhatap.feedback.models import Invitation
from muhatap.feedback.results import Cut

LEAST, APART, SURE = 20, 0.10, 2.576  # people on either side; points of a hundred; standard errors (99 of 100)
AGES = (("new", timedelta(days=30)), ("months", timedelta(days=365)))  # known for at most; "years" beyond
MOST_TAGS = 10
ANSWERED, SILENT, MAY_STILL, SETTLED = "answered", "silent", "may_still", "settled"  # settled: answered, or can no more
SIDES = (SETTLED, ANSWERED, SILENT, MAY_STILL)


@dataclass(frozen=True, kw_only=True)
class Group:
    """People who were asked and have something in common: a way, a tag (its number), how long we know them. Shares are of all
    who answered, and of all who did not (of nobody there is none); the rate is of both together."""

    key: str
    name: str
    n_asked: int
    n_answered: int
    n_may_still: int
    rate: Figure
    share_of_answers: float | None
    share_of_silence: float | None
    is_notable: bool


@dataclass(frozen=True, kw_only=True)
class Silence:
    """How many were asked, how many answered, and the groups by way, by tag and by how long we know them."""

    n_asked: int
    n_answered: int
    n_may_still: int
    rate: Figure
    by_way: tuple[Group, ...]
    by_tag: tuple[Group, ...]
    by_age: tuple[Group, ...]

    @property
    def n_settled(self) -> int:
        """Who answered, or can no more."""
        return self.n_asked - self.n_may_still

    @property
    def notable(self) -> list[tuple[str, Group]]:
        """What differs so much that chance alone would hardly do it."""
        sides = (("way", self.by_way), ("tag", self.by_tag), ("age", self.by_age))
        return [(name, group) for name, groups in sides for group in groups if group.is_notable]


@dataclass(frozen=True)
class _Asked:
    way: str
    tags: tuple[int, ...]
    age: str
    has_answered: bool
    may_still: bool


def of(cut: Cut, *, at: datetime) -> Silence:
    """Of the invitations sent in these days."""
    asked = list(_asked(cut, at))
    answered, may_still = sum(one.has_answered for one in asked), sum(one.may_still for one in asked)
    names = dict(Tag.objects.filter(pk__in={tag for one in asked for tag in one.tags}).values_list("pk", "name"))
    tags = _groups(asked, lambda one: [str(tag) for tag in one.tags if tag in names], lambda key: names[int(key)])
    return Silence(
        n_asked=len(asked),
        n_answered=answered,
        n_may_still=may_still,
        rate=figures.share(answered, len(asked) - may_still),
        by_way=_groups(asked, lambda one: [one.way]),
        by_tag=tags[:MOST_TAGS],
        by_age=tuple(sorted(_groups(asked, lambda one: [one.age]), key=lambda g: ages().index(g.key))),
    )


def invitations(cut: Cut, *, at: datetime, side: str = "", age: str = "") -> QuerySet[Invitation]:
    """Who was asked in these days, one by one; of them those on one side (SIDES), or known for so long (AGES and "years")."""
    found = _sent(cut)
    is_open = Q(sent_at__gt=at - _open_for(cut, at))
    quiet = Q(response=None)
    of_side = {ANSWERED: ~quiet, SILENT: quiet & ~is_open, MAY_STILL: quiet & is_open, SETTLED: ~(quiet & is_open)}
    if side:
        found = found.filter(of_side[side])
    return _known_for(found, age) if age else found


def ages() -> tuple[str, ...]:
    return (*(name for name, _most in AGES), "years")


def _known_for(found: QuerySet[Invitation], age: str) -> QuerySet[Invitation]:
    known: Any = ExpressionWrapper(F("sent_at") - F("contact__created_at"), output_field=DurationField())
    rows: Any = found.annotate(known_for=known)
    limits = [None, *(most for _name, most in AGES), None]
    place = ages().index(age)
    least, most = limits[place], limits[place + 1]
    if least is not None:
        rows = rows.filter(known_for__gt=least)
    if most is not None:
        rows = rows.filter(known_for__lte=most)
    return found.filter(pk__in=rows.values("pk"))


def _sent(cut: Cut) -> QuerySet[Invitation]:
    since, until = results.moment(cut.start), results.moment(cut.end + timedelta(days=1))
    found = Invitation.objects.filter(survey=cut.survey, sent_at__gte=since, sent_at__lt=until)
    if cut.way:
        found = found.filter(way=cut.way)
    return found.filter(contact__tags=cut.tag) if cut.tag else found


def _open_for(cut: Cut, at: datetime) -> timedelta:
    return timedelta(days=cut.survey.open_days) if asking.is_running(cut.survey, at=at) else timedelta()


def _asked(cut: Cut, at: datetime) -> Iterable[_Asked]:
    tagged = ArrayAgg("contact__tags", filter=Q(contact__tags__isnull=False), default=None)
    told: Any = (
        _sent(cut)
        .annotate(carried=tagged)
        .values_list("way", "carried", "sent_at", "contact__created_at", "response__id")
    )
    open_for = _open_for(cut, at)
    for way, tags, sent_at, met_at, response in told:
        may_still = response is None and sent_at + open_for > at
        yield _Asked(way, tuple(tags or ()), _age(sent_at - met_at), response is not None, may_still)


def _age(known_for: timedelta) -> str:
    return next((name for name, most in AGES if known_for <= most), "years")


def _groups(
    asked: list[_Asked], keys: Callable[[_Asked], Iterable[str]], name: Callable[[str], str] = str
) -> tuple[Group, ...]:
    counted: dict[str, Counter[str]] = {}
    for one in asked:
        for key in keys(one):
            counted.setdefault(key, Counter())[_side(one)] += 1
    sides = Counter(_side(one) for one in asked)
    found = [_group(key, name(key), of_this, sides) for key, of_this in counted.items()]
    return tuple(sorted(found, key=lambda group: -group.n_asked))


def _side(one: _Asked) -> str:
    if one.has_answered:
        return ANSWERED
    return MAY_STILL if one.may_still else SILENT


def _group(key: str, name: str, counted: Counter[str], sides: Counter[str]) -> Group:
    k, silent = counted[ANSWERED], counted[SILENT]
    n_answered, n_silent = sides[ANSWERED], sides[SILENT]
    loud, quiet = (k / n_answered if n_answered else None), (silent / n_silent if n_silent else None)
    is_far = abs((loud or 0) - (quiet or 0)) >= APART
    is_sure = is_far and abs(figures.z_of_shares(k, n_answered, silent, n_silent)) >= SURE
    return Group(
        key=key,
        name=name,
        n_asked=sum(counted.values()),
        n_answered=k,
        n_may_still=counted[MAY_STILL],
        rate=figures.share(k, k + silent),
        share_of_answers=loud,
        share_of_silence=quiet,
        is_notable=is_sure and min(n_answered, n_silent) >= LEAST,
    )
