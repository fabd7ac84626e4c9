"""The report cut by cause, product, team and what it was for: a table each, on the page and as a file."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from muhatap.accounts.models import Team
from muhatap.sales.models import Product, Shop
from muhatap.service import causes, quality
from muhatap.service.models import Cost
from muhatap.service.quality import Sums
from muhatap.web.cases import counted, words
from muhatap.web.cases.asked import NONE
from muhatap.web.cases.counted import Counted
from muhatap.web.common import times
from muhatap.web.common.tables import Cell, Row

KINDS = Cost.Kind.values

NO_CELL = Cell(text="–")


def titles() -> list[tuple[str, str]]:
    return [
        ("cause", _("By cause")),
        ("product", _("By product")),
        ("team", _("By team")),
        ("what", _("By what it was for")),
    ]


def heads() -> list[str]:
    return [
        _("Currency"),
        *(str(Cost.Kind(kind).label) for kind in KINDS),
        _("Together"),
        _("Share"),
        _("Before"),
        _("Time"),
    ]


def table(name: str, asked: Counted, *, most: int | None = None) -> list[Row]:
    """A row for each value and currency, the largest first, the rest beyond `most` in a line for each currency.

    All rows of a currency are together all of that currency; time of the rest is told where nothing has another currency.
    """
    found = quality.sums_by(counted.rows(asked), name, "kind")
    earlier = quality.sums_by(counted.rows(asked.before), name)
    whole, usual = quality.added(found.values()), _usual()
    lines: list[tuple[Decimal, str, Any]] = []
    for key in {key for key, _kind in found}:
        together = quality.added(found.get((key, kind), Sums()) for kind in KINDS)
        currencies = [currency for currency, _amount in together.amounts] or [usual]
        lines += [(together.of(currency), currency, key) for currency in currencies]
    lines.sort(key=lambda one: -one[0])
    shown, rest = lines[:most], lines[most:] if most else []
    called = names(name, [key for _amount, _currency, key in shown])

    def row(title: str, keys: list[Any], keys_before: list[Any], narrowed: Counted, *, has_time: bool) -> Row:
        kinds = {kind: quality.added(found.get((key, kind), Sums()) for key in keys) for kind in KINDS}
        before = quality.added(earlier.get((key,), Sums()) for key in keys_before)
        return Row(name=title, cells=_cells(narrowed, kinds, whole, before, has_time=has_time))

    rows = [
        row(called(key), [key], [key], _narrow(asked, name, key).but(currency=one), has_time=True)
        for _amount, one, key in shown
    ]
    for currency in sorted({one for _amount, one, _key in rest}):
        keys = [key for _amount, one, key in rest if one == currency]
        told = [key for _amount, one, key in shown if one == currency]
        title = ngettext("%(n)s other", "%(n)s others", len(keys)) % {"n": times.count(len(keys))}
        narrowed = asked.but(currency=currency, others=(name, *(str(NONE if key is None else key) for key in told)))
        keys_before = [key for (key,) in earlier if key not in told]
        rows.append(row(title, keys, keys_before, narrowed, has_time=len({one for _amount, one, _key in lines}) == 1))
    return rows


def file(name: str, asked: Counted) -> Iterator[list[str]]:
    yield [dict(titles())[name], *heads()]
    for row in table(name, asked):
        yield [row.name, *(cell.text for cell in row.cells)]


def _usual() -> str:
    """The currency of what has only time without a rate: the firm's first shop's."""
    return Shop.objects.order_by("pk").values_list("currency", flat=True).first() or "TRY"


def _cells(asked: Counted, kinds: dict[str, Sums], whole: Sums, before: Sums, *, has_time: bool) -> tuple[Cell, ...]:
    """The figures of a line, in the currency asked for."""
    together, currency = quality.added(kinds.values()), asked.currency

    def money(amount: Decimal, **narrowed: str) -> Cell:
        return _cell(times.money(amount, currency), asked.but(**narrowed)) if amount else NO_CELL

    every = whole.of(currency)
    share = times.percent(float(together.of(currency) / every)) if every else "–"
    earlier = before.of(currency)
    minutes = together.minutes if has_time and len(together.amounts) < 2 else 0
    return (
        Cell(text=currency),
        *(money(kinds[kind].of(currency), kind=kind) for kind in KINDS),
        money(together.of(currency)),
        Cell(text=share),
        _cell(times.money(earlier, currency), asked.before) if earlier else NO_CELL,
        _cell(words.signed(minutes), asked.but(currency="")) if minutes else NO_CELL,
    )


def _cell(text: str, asked: Counted) -> Cell:
    return Cell(text=text, url=asked.url())


def _narrow(asked: Counted, name: str, key: Any) -> Counted:
    if name == "what":
        return asked.but(what=key)
    field = "only_cause" if name == "cause" else name
    return asked.but(**{field: NONE if key is None else key})


def names(name: str, keys: list[Any]) -> Callable[[Any], str]:
    """What the values of a cut are called."""
    if name == "what":
        return lambda key: str(Cost.What(key).label)
    if name == "cause":
        known = {cause.pk: path for cause, path in causes.all_of_them()}
        return lambda key: known.get(key, _("Without a cause"))
    model: Any = Product if name == "product" else Team
    none = _("Without a product") if name == "product" else _("Without a team")
    rows = model.objects.in_bulk({key for key in keys if key is not None})
    return lambda key: str(rows.get(key) or none)
