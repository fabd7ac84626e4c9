"""The ruler of the day: its hours, now, and when each answer and each promise is due. Places are percents, so that it stretches undistorted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.utils import timezone

from muhatap.web.common import times

FIRST, LAST = 9, 20  # the hours that are always there
APART = 9.0  # percent of the width between dots that stand alone
NAMES, NAME, MORE = (
    3,
    5.0,
    2.0,
)  # how many names a label has, and the percents that a name and the number of others take
AT_END = 82.0  # from here on a label stands before its dots
COVERED = 4.0  # percent that the present moment takes of the hours’ line
HOUR = timedelta(hours=1)
LANE, HOURS, BASELINE = 44, 30, 4  # px


class Line(Protocol):
    """Somebody, and the moment something is due to them. `state` is "", "soon" or "late"."""

    @property
    def name(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def due_at(self) -> datetime | None: ...


Group = list[tuple[float, Line]]  # places in percent, and who


@dataclass(frozen=True, kw_only=True)
class Tick:
    x: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Dots that stand close share one label; `anchor` "end" puts it before them."""

    dots: tuple[str, ...]
    label: str
    label_x: str
    anchor: str
    state: str


@dataclass(frozen=True, kw_only=True)
class Lane:
    """What is due of one kind; `middle`, `text` and `floor` are where its dots, its words and its line stand."""

    name: str
    marks: tuple[Mark, ...]
    middle: int
    text: int
    floor: int


@dataclass(frozen=True, kw_only=True)
class Ruler:
    """`floor` is where the hours begin; `foot` and `hours` where the present moment's sign and the hours are written."""

    ticks: tuple[Tick, ...]
    lanes: tuple[Lane, ...]
    now_x: str
    now: str
    said: str
    floor: int
    foot: int
    hours: int
    height: int


def draw(lanes: Mapping[str, Sequence[Line]], now: datetime) -> Ruler | None:
    """The ruler with what is due today, a lane for each kind that has any; None when nothing is."""
    here = timezone.localtime(now)
    today = {name: due for name, lines in lanes.items() if (due := _due_on(here, lines))}
    if not today:
        return None
    moments = [moment for due in today.values() for moment, _line in due]
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    first = min(FIRST, here.hour, *(moment.hour for moment in moments))
    last = max(LAST, here.hour + 1, *(moment.hour + 1 for moment in moments))
    step = 1 if last - first <= 13 else 2
    if step == 2 and (last - first) % 2:
        first, last = (first - 1, last) if first else (first, last + 1)
    whole = (last - first) * HOUR

    def at(moment: datetime) -> float:
        return (moment - midnight - first * HOUR) / whole * 100

    floor = LANE * len(today)
    return Ruler(
        ticks=tuple(
            Tick(
                x=_percent((hour - first) / (last - first) * 100),
                label=_hour(hour, (hour - first) / (last - first) * 100, at(here)),
            )
            for hour in range(first, last + 1, step)
        ),
        lanes=tuple(
            Lane(
                name=name,
                marks=tuple(_mark(group) for group in _together([(at(moment), line) for moment, line in due])),
                middle=n * LANE + LANE // 2,
                text=n * LANE + LANE // 2 + BASELINE,
                floor=(n + 1) * LANE,
            )
            for n, (name, due) in enumerate(today.items())
        ),
        now_x=_percent(at(here)),
        now=times.clock(now),
        said="; ".join(_said(name, due) for name, due in today.items()),
        floor=floor,
        foot=floor + 6,
        hours=floor + 20,
        height=floor + HOURS,
    )


def _due_on(here: datetime, lines: Sequence[Line]) -> list[tuple[datetime, Line]]:
    due = [(timezone.localtime(line.due_at), line) for line in lines if line.due_at]
    return [(moment, line) for moment, line in due if moment.date() == here.date()]


def _said(name: str, due: Sequence[tuple[datetime, Line]]) -> str:
    told = ", ".join(f"{line.name} {times.clock(moment)}" for moment, line in due)
    return f"{name}: {told}"


def _together(placed: Group) -> list[Group]:
    groups: list[Group] = []
    for one in sorted(placed, key=lambda one: one[0]):
        groups.append([one])
        while len(groups) > 1 and groups[-1][0][0] - groups[-2][-1][0] < _room_between(*groups[-2:]):
            groups[-2:] = [groups[-2] + groups[-1]]
    return groups


def _room_between(left: Group, right: Group) -> float:
    """The percents that the labels between two groups take."""
    labels = [group for group, is_between in ((left, not _is_at_end(left)), (right, _is_at_end(right))) if is_between]
    taken = sum(NAME * min(len(group), NAMES) + MORE * (len(group) > NAMES) for group in labels)
    return max(APART, taken)


def _is_at_end(group: Group) -> bool:
    return group[-1][0] > AT_END


def _mark(group: Group) -> Mark:
    names = [line.name.split()[0] for _x, line in group]
    more = f" +{len(names) - NAMES}" if len(names) > NAMES else ""
    states = {line.state for _x, line in group}
    is_at_end = _is_at_end(group)
    return Mark(
        dots=tuple(_percent(x) for x, _line in group),
        label=", ".join(names[:NAMES]) + more,
        label_x=_percent(group[0][0] if is_at_end else group[-1][0]),
        anchor="end" if is_at_end else "start",
        state="late" if "late" in states else "soon" if "soon" in states else "",
    )


def _hour(hour: int, x: float, now: float) -> str:
    """The hour, unless the present moment stands there."""
    return "" if abs(x - now) < COVERED else f"{hour:02}:00"


def _percent(x: float) -> str:
    return f"{x:.2f}%"
