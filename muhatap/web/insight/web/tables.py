"""Tables of pages, products, sources and campaigns: their columns, the cells as words with where they lead, and the same as plain values."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from muhatap.visits import reports
from muhatap.visits.models import Dim
from muhatap.visits.reports import Row
from muhatap.web.common import times
from muhatap.web.common.spreadsheets import Number
from muhatap.web.insight.web import counted, words
from muhatap.web.insight.web.conditions import Narrowed

Value = Callable[[Row], float | None]


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: its value, how it is written, and which visits stand behind it."""

    name: str
    label: str
    value: Value
    written: Callable[[float], str]
    narrowed: dict[str, Any] | None = None  # of the visits, beside the row's own key


@dataclass(frozen=True, kw_only=True)
class Cell:
    text: str
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Line:
    name: str
    sub: str
    url: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True)
class Head:
    label: str
    url: str
    is_sorted: bool


@dataclass(frozen=True, kw_only=True)
class Table:
    title: str
    first: str
    heads: tuple[Head, ...]
    lines: tuple[Line, ...]
    csv_url: str


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One of the tables: what its rows are, and what leads to the visits of one."""

    name: str
    dim: Dim
    first: str
    narrows: str
    columns: tuple[Column, ...]
    called: Callable[[Row], tuple[str, str]]  # name and the line under it


def kind(name: str) -> Kind:
    """pages, products, sources or campaigns. Raises KeyError."""
    return {"pages": pages, "products": products, "sources": sources, "campaigns": campaigns}[name]()


def rows(narrowed: Narrowed, kind: Kind, sort: str) -> list[Row]:
    """All rows of a table, the largest of a column first. Raises Unanswered where single visits have to be counted and cannot."""
    main = kind.columns[0].name
    found = (
        reports.rows(narrowed.asked.cut, kind.dim, by=_MEASURE.get(main, main))
        if narrowed.is_plain
        else counted.rows(narrowed, kind.name)
    )
    column = next((each for each in kind.columns if each.name == sort), kind.columns[0])
    return sorted((row for row in found if any(row.of.values())), key=lambda row: -(column.value(row) or 0))


def told(kind: Kind, narrowed: Narrowed) -> Kind:
    """The table without the columns that cannot be told of visits that meet these conditions."""
    if narrowed.is_plain:
        return kind
    untold = counted.UNTOLD[kind.name]
    return replace(kind, columns=tuple(column for column in kind.columns if column.name not in untold))


def table(narrowed: Narrowed, kind: Kind, found: Sequence[Row], *, title: str, sort: str, most: int = 200) -> Table:
    asked, kept = narrowed.asked, narrowed.kept
    sorted_by = sort if sort in {each.name for each in kind.columns} else kind.columns[0].name
    return Table(
        title=title,
        first=kind.first,
        heads=tuple(
            Head(label=each.label, url=asked.url(kind.name, sort=each.name, **kept), is_sorted=each.name == sorted_by)
            for each in kind.columns
        ),
        lines=tuple(_line(narrowed, kind, row) for row in found[:most]),
        csv_url=asked.url("export", table=kind.name, sort=sort, **kept),
    )


def plain(kind: Kind, found: Sequence[Row]) -> Iterator[list[str]]:
    """The same for spreadsheets: numbers as numbers, lengths in seconds."""
    yield [kind.first, _("Name"), *(each.label for each in kind.columns)]
    for row in found:
        values = (each.value(row) for each in kind.columns)
        yield [
            row.key,
            kind.called(row)[0],
            *("" if value is None else Number(f"{round(value, 3):.12g}") for value in values),
        ]


def pages() -> Kind:
    return Kind(
        name="pages",
        dim=Dim.PAGE,
        first=_("Page"),
        narrows="path",
        called=lambda row: (row.name or words.path(row.key), words.path(row.key) if row.name else ""),
        columns=(
            Column(name="n_views", label=pgettext("page", "Views"), value=_of("n_views"), written=_count, narrowed={}),
            Column(name="mean", label=pgettext("mean", "Engaged"), value=_mean, written=words.lasted),
            Column(name="scroll", label=_("Scrolled"), value=lambda row: row.mean_scroll() if row.of["n_views"] else None, written=times.percent),
            Column(name="n_entries", label=_("Began here"), value=_of("n_entries"), written=_count, narrowed={"began": "1"}),
            Column(name="n_exits", label=_("Ended here"), value=_of("n_exits"), written=_count, narrowed={"ended": "1"}),
            Column(name="n_clicks", label=_("Clicks"), value=_of("n_clicks"), written=_count),
        ),
    )  # fmt: skip


def products() -> Kind:
    return Kind(
        name="products",
        dim=Dim.PRODUCT,
        first=_("Product"),
        narrows="product",
        called=lambda row: (row.name or row.key, row.key if row.name else ""),
        columns=(
            Column(name="engaged", label=_("Engaged in all"), value=lambda row: row.of["engaged_ms"] / 1000, written=words.lasted, narrowed={}),
            Column(name="n_views", label=_("Looks"), value=_of("n_views"), written=_count, narrowed={}),
            Column(name="mean", label=_("Each look"), value=_mean, written=words.lasted),
            Column(name="shown", label=_("In view elsewhere"), value=lambda row: row.of["shown_ms"] / 1000, written=words.lasted),
            Column(name="n_clicks", label=_("Pictures and variants"), value=_of("n_clicks"), written=_count),
            Column(name="n_carted", label=_("Put in carts"), value=_of("n_carted"), written=_count),
            Column(name="n_sold", label=_("Sold"), value=_of("n_sold"), written=_count),
        ),
    )  # fmt: skip


def sources() -> Kind:
    return Kind(
        name="sources",
        dim=Dim.SOURCE,
        first=_("Source"),
        narrows="source",
        called=lambda row: (words.source(row.key), ""),
        columns=_of_visits(),
    )


def campaigns() -> Kind:
    return Kind(
        name="campaigns",
        dim=Dim.CAMPAIGN,
        first=_("Campaign"),
        narrows="campaign",
        called=lambda row: (row.key, ""),
        columns=_of_visits(),
    )


def _of_visits() -> tuple[Column, ...]:
    return (
        Column(name="n_visits", label=_("Visits"), value=_of("n_visits"), written=_count, narrowed={}),
        Column(name="mean", label=_("Engaged, a visit"), value=_each("engaged_ms", 1000), written=words.lasted),
        Column(name="depth", label=_("Pages, a visit"), value=_each("n_views"), written=times.decimal),
        Column(name="n_short", label=_("Left at once"), value=_each("n_short"), written=times.percent),
        Column(name="n_looked", label=_("Saw a product"), value=_of("n_looked"), written=_count, narrowed={"reached": "1"}),
        Column(name="n_carted", label=_("Filled a cart"), value=_of("n_carted"), written=_count, narrowed={"reached": "3"}),
        Column(name="n_sold", label=_("Ordered"), value=_of("n_sold"), written=_count, narrowed={"reached": "5"}),
        Column(name="rate", label=_("Share that ordered"), value=_each("n_sold"), written=_share),
    )  # fmt: skip


_MEASURE = {"engaged": "engaged_ms"}


def _line(narrowed: Narrowed, kind: Kind, row: Row) -> Line:
    name, sub = kind.called(row)
    own: dict[str, Any] = {kind.narrows: row.key or "none"}
    cells = []
    for column in kind.columns:
        value = column.value(row)
        url = narrowed.visits(**own, **column.narrowed) if column.narrowed is not None and value else ""
        if kind.name == "pages" and column.name == "n_clicks" and value:
            url = narrowed.asked.url("clicks", path=row.key)
        cells.append(Cell(text=column.written(value) if value is not None else "–", url=url))
    return Line(name=name, sub=sub, url=narrowed.visits(**own), cells=tuple(cells))


def _of(measure: str) -> Value:
    return lambda row: row.of[measure]


def _each(measure: str, unit: int = 1) -> Value:
    """Of one visit."""
    return lambda row: row.of[measure] / unit / row.of["n_visits"] if row.of["n_visits"] else None


def _mean(row: Row) -> float | None:
    return row.mean_ms() / 1000 if row.of["n_views"] else None


def _count(value: float) -> str:
    return times.count(round(value))


def _share(value: float) -> str:
    return words.share(value)
