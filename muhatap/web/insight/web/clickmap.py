"""The click map: elements by their clicks, and a plain drawing of the page from where its elements stood."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from muhatap.insight import web
from muhatap.visits import reports
from muhatap.visits.models import Dim
from muhatap.visits.reports import Cut, Element
from muhatap.web.common import times
from muhatap.web.insight.web import words
from muhatap.web.insight.web.conditions import Narrowed

WIDTH, HEIGHT = 200, 350  # of the drawing; on a computer a page is drawn wider
LEAST, LARGEST = 8, 21  # radius of a disc
WORTH = 0.015  # points a share may move before it is pointed out
SHOWN, MOST = 7, 50
ALIKE = 3  # pages below one path, from which on they are shown together too
LINES = (1.0, 0.86, 0.94, 0.7)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One element in the list."""

    place: int
    name: str
    element: str
    n: str
    share: str
    points: str
    is_changed: bool


@dataclass(frozen=True, kw_only=True)
class Disc:
    place: int
    x: str
    y: str
    r: str
    is_changed: bool
    hint: str


@dataclass(frozen=True, kw_only=True)
class Block:
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, kw_only=True)
class Drawing:
    discs: tuple[Disc, ...]
    blocks: tuple[Block, ...]
    lines: tuple[Block, ...]
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True, kw_only=True)
class ClickMap:
    path: str
    title: str
    said: str
    lines: tuple[Line, ...]
    drawing: Drawing | None
    sentence: str


def pages(cut: Cut, *, most: int = 30) -> list[reports.Row]:
    """The pages that are clicked on, most of all first; before them those alike (/product/…) taken together."""
    found = [row for row in reports.rows(cut, Dim.PAGE, by="n_clicks") if row.of["n_clicks"]]
    alike: dict[str, list[reports.Row]] = {}
    for row in found:
        parts = row.key.split("/")
        if len(parts) > 2 and (first := parts[1]):
            alike.setdefault(f"/{first}/*", []).append(row)
    groups = [
        reports.Row(
            key=key,
            name=_("All pages below %(path)s") % {"path": key[:-1]},
            of={"n_clicks": sum(row.of["n_clicks"] for row in rows)},
        )
        for key, rows in alike.items()
        if len(rows) >= ALIKE
    ]
    return [*sorted(groups, key=lambda row: -row.of["n_clicks"]), *found[:most]]


def elements(narrowed: Narrowed, *, path: str, most: int = MOST) -> list[Element]:
    """The elements of a page by their clicks; of visits that meet conditions counted one by one, placed as all clicks tell. Raises Unanswered."""
    cut = narrowed.asked.cut
    if narrowed.is_plain:
        return reports.elements(cut, path=path, most=most)
    found = web.clicks(period=narrowed.period, path=path, conditions=narrowed.conditions, limit=most)
    known = {each.element: each for each in reports.elements(cut, path=path, most=reports.MOST)}
    unplaced = Element(element="", name="", n=0, x=0.5, y=0.5, box=None)
    return [
        replace(known.get(one.element) or replace(unplaced, element=one.element, name=one.text), n=one.n)
        for one in found
    ]


def of_page(narrowed: Narrowed, *, path: str, title: str, most: int = SHOWN) -> ClickMap:
    """The elements of one page against as many days before; with conditions alone. Raises Unanswered."""
    found = elements(narrowed, path=path)
    before = reports.elements(narrowed.asked.cut.before(), path=path) if narrowed.is_plain else []
    n, n_before = sum(each.n for each in found), sum(each.n for each in before)
    shares = {each.element: each.n / n_before for each in before} if n_before else {}
    moved = {each.element: each.n / n - shares.get(each.element, 0.0) for each in found} if n_before else {}
    changed = {element for element, change in moved.items() if abs(change) >= WORTH}
    some = found[:most]
    lines = tuple(
        Line(
            place=place,
            name=called(each),
            element=each.element,
            n=times.count(each.n),
            share=times.percent(each.n / n),
            points=words.points(moved[each.element]) if each.element in moved else "",
            is_changed=each.element in changed,
        )
        for place, each in enumerate(some, start=1)
    )
    return ClickMap(
        path=path, title=title, said=_said(n), lines=lines, drawing=_drawing(found, some, changed),
        sentence=_sentence(some, moved),
    )  # fmt: skip


def called(element: Element) -> str:
    """Its words, else the last part of its key, which is what a page calls it."""
    return element.name or element.element.rpartition(" > ")[2].lstrip("#")


def _said(n: int) -> str:
    return ngettext("%(n)s click.", "%(n)s clicks, most first.", n) % {"n": times.count(n)}


def _sentence(some: Sequence[Element], moved: dict[str, float]) -> str:
    risen = max(some, key=lambda each: moved.get(each.element, 0.0), default=None)
    if risen is None or moved.get(risen.element, 0.0) < WORTH:
        return ""
    return _("Points: against as many days before. “%(name)s” gained most.") % {"name": called(risen)}


def _drawing(found: Sequence[Element], some: Sequence[Element], changed: set[str]) -> Drawing | None:
    placed = [each for each in some if each.box]
    if not placed:
        return None
    most = max(each.n for each in placed)
    discs: list[Disc] = []
    for place, each in enumerate(some, start=1):
        if each.box:
            left, top, width, height = each.box
            radius = LEAST + (LARGEST - LEAST) * (each.n / most) ** 0.5
            x, y = (left + width * each.x) * WIDTH, (top + height * each.y) * HEIGHT
            x, y = _free(x, y, radius, discs)
            discs.append(
                Disc(
                    place=place, x=f"{x:.1f}", y=f"{y:.1f}", r=f"{radius:.1f}", is_changed=each.element in changed,
                    hint=f"{called(each)}: {times.count(each.n)}",
                )
            )  # fmt: skip
    boxes = [each.box for each in found if each.box]
    return Drawing(discs=tuple(discs), blocks=tuple(map(_block, boxes)), lines=tuple(_lines(boxes)))


def _free(x: float, y: float, radius: float, discs: Sequence[Disc]) -> tuple[float, float]:
    """Within the page, and pushed aside where a disc stands already: a few pixels are no lie on a drawing without pictures."""
    x, y = (min(max(place, radius + 2), size - radius - 2) for place, size in ((x, WIDTH), (y, HEIGHT)))
    for _turn in range(4):
        for other in discs:
            dx, dy = x - float(other.x), y - float(other.y)
            distance, least = (dx * dx + dy * dy) ** 0.5, radius + float(other.r) + 1
            if distance < least:
                part = least / distance if distance > 1 else 0
                x, y = (float(other.x) + dx * part, float(other.y) + dy * part) if part else (x, y + least)
        x, y = (min(max(place, radius + 2), size - radius - 2) for place, size in ((x, WIDTH), (y, HEIGHT)))
    return x, y


def _block(box: tuple[float, float, float, float]) -> Block:
    left, top, width, height = box
    return Block(
        x=f"{left * WIDTH:.1f}",
        y=f"{top * HEIGHT:.1f}",
        width=f"{max(width * WIDTH, 4):.1f}",
        height=f"{max(height * HEIGHT, 4):.1f}",
    )


def _lines(boxes: Sequence[tuple[float, float, float, float]]) -> list[Block]:
    """Text where nothing is clicked: lines in the heights that no element takes."""
    found = []
    for nth, y in enumerate(range(34, HEIGHT - 20, 13)):
        if all(y + 8 < top * HEIGHT or y - 4 > (top + height) * HEIGHT for _left, top, _width, height in boxes):
            width = (WIDTH - 28) * LINES[nth % len(LINES)]
            found.append(Block(x="14", y=str(y), width=f"{width:.0f}", height="4"))
    return found
