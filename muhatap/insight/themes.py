"""Themes as reports tell them: how each moved over the weeks, whether it jumps and why, and the messages it is made of."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from muhatap.accounts.models import User
from muhatap.conversations.visibility import readable_interactions
from muhatap.insight import voice_rows
from muhatap.insight.voice_rows import Row
from muhatap.understanding.models import Theme, ThemeLook, ThemeMember, ThemeWeek
from muhatap.understanding.themes import ONE_WEEK, WEEKS, monday

NEAREST = 40  # messages among which examples the reader may see are looked for
EXAMPLES = 6


@dataclass(frozen=True, kw_only=True)
class Told:
    """A theme and its last weeks, oldest first; a week in which nobody wrote of it has no row."""

    theme: Theme
    weeks: tuple[tuple[date, ThemeWeek | None], ...]

    @property
    def now(self) -> ThemeWeek | None:
        return self.weeks[-1][1]

    @property
    def n_people(self) -> int:
        return sum(week.n_people for _on, week in self.weeks if week)

    @property
    def is_jump(self) -> bool:
        return self.now is not None and self.now.is_jump

    @property
    def is_new(self) -> bool:
        """First written of this week or the last."""
        return self.theme.begins_on >= self.weeks[-2][0]


def all_of(*, at: datetime) -> list[Told]:
    """Every theme of the last weeks that stands for itself: what jumps first, then what most people write of."""
    themes = list(Theme.objects.filter(merged_into=None).order_by("pk"))
    found = [told for told in _told(themes, at) if told.n_people or told.theme.name]
    return sorted(found, key=lambda told: (not told.is_jump, -told.n_people, told.theme.pk))


def one(theme: Theme, *, at: datetime) -> Told:
    return _told([theme], at)[0]


def family(theme_id: int) -> tuple[int, ...]:
    """A theme and those merged into it."""
    return (theme_id, *Theme.objects.filter(merged_into=theme_id).order_by("pk").values_list("pk", flat=True))


def examples(theme: Theme, user: User) -> list[Row]:
    """The messages nearest to what all of them have in common, as far as the reader may see them."""
    members = ThemeMember.objects.filter(theme_id__in=family(theme.pk)).order_by("-near", "-pk")
    nearest = list(members.values_list("reading_id", "reading__interaction_id")[:NEAREST])
    seen = readable_interactions(user, [interaction for _pk, interaction in nearest])
    return voice_rows.rows([pk for pk, interaction in nearest if interaction in seen][:EXAMPLES])


def last_look() -> ThemeLook | None:
    return ThemeLook.objects.order_by("-at", "-id").first()


def _told(themes: list[Theme], at: datetime) -> list[Told]:
    last = monday(at)
    mondays = [last - n * ONE_WEEK for n in reversed(range(WEEKS))]
    rows: dict[int, dict[date, ThemeWeek]] = defaultdict(dict)
    for week in ThemeWeek.objects.filter(theme__in=themes, begins_on__gte=mondays[0]):
        rows[week.theme_id][week.begins_on] = week
    return [Told(theme=theme, weeks=tuple((on, rows[theme.pk].get(on)) for on in mondays)) for theme in themes]
