"""Customers by how lately, how often and for how much they bought: who stands where, and each number with its customers."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from muhatap.contacts.models import Contact
from muhatap.insight import web
from muhatap.insight.engine import Unanswered
from muhatap.insight.web import Worth, WorthCell
from muhatap.sales.models import Order, Shop
from muhatap.shared import clock
from muhatap.web.common import reading, times
from muhatap.web.common.display import Pages
from muhatap.web.common.doors import needs
from muhatap.web.sales import sidebar, words

SCORES = (5, 4, 3, 2, 1)
HEATS = 5
A_PAGE = 50
FIVE = 5  # of fewer there are no fifths
# Recency and frequency of each; together they are all customers, and nobody stands in two.
SEGMENTS: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "best": ((4, 5), (4, 5)),
    "growing": ((4, 5), (2, 3)),
    "new": ((4, 5), (1,)),
    "cooling": ((3,), (1, 2, 3, 4, 5)),
    "leaving": ((1, 2), (3, 4, 5)),
    "sleeping": ((1, 2), (1, 2)),
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    currency: str
    by: str  # what the columns of the table are: frequency or monetary
    recency: tuple[int, ...] = ()
    frequency: tuple[int, ...] = ()
    monetary: tuple[int, ...] = ()
    segment: str = ""


@dataclass(frozen=True, kw_only=True)
class Segment:
    label: str
    about: str
    n: str
    share: str
    n_orders: str
    money: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Cell:
    text: str
    level: int
    url: str
    hint: str


@require_GET
@needs("sales.read")
def show(request: HttpRequest) -> HttpResponse:
    asked, today = _asked(request), _today()
    page = _around(asked)
    try:
        found = web.worth_cells(as_of=today, currency=asked.currency)
    except Unanswered as error:
        return render(request, "sales/worth.html", page | {"unanswered": str(error)})
    n = sum(cell.n_customers for cell in found)
    page |= {
        "n": n,
        "sentence": _sentence(found, asked.currency),
        "segments": [_segment(name, found, n, asked) for name in SEGMENTS],
        "rows": [(score, _days(score), [_cell(found, score, column, asked) for column in SCORES]) for score in SCORES],
        "columns": SCORES,
        "column_name": _("How much") if asked.by == "monetary" else _("How often"),
        "tabs": [(label, _url("worth", currency=asked.currency, by=by), by == asked.by) for by, label in _bys()],
    }
    return render(request, "sales/worth.html", page)


@require_GET
@needs("sales.read")
def customers(request: HttpRequest) -> HttpResponse:
    """Those behind a number, who paid most first."""
    asked, after = _asked(request), reading.number(request.GET.get("after")) or 0
    after = min(after, 1_000_000)
    page = _around(asked) | {"about": _said(asked)}
    recency, frequency = SEGMENTS.get(asked.segment, (asked.recency, asked.frequency))
    try:
        found = web.worth_of(
            as_of=_today(), currency=asked.currency, recency=recency, frequency=frequency, monetary=asked.monetary,
            limit=A_PAGE + 1, after=after,
        )  # fmt: skip
    except Unanswered as error:
        return render(request, "sales/worth_customers.html", page | {"unanswered": str(error)})
    kept = _kept(asked)
    page |= {
        "rows": _rows(found[:A_PAGE], asked.currency),
        "pages": Pages(
            previous_url=_url("worth_customers", **kept, after=max(after - A_PAGE, 0)) if after else "",
            next_url=_url("worth_customers", **kept, after=after + A_PAGE) if len(found) > A_PAGE else "",
        ),
    }
    return render(request, "sales/worth_customers.html", page)


def _asked(request: HttpRequest) -> Asked:
    """What makes no sense is passed over."""
    told = request.GET
    currency, by, segment = told.get("currency", ""), told.get("by", ""), told.get("segment", "")
    return Asked(
        currency=currency if currency in _currencies() else _usual(),
        by=by if by == "monetary" else "frequency",
        segment=segment if segment in SEGMENTS else "",
        **{name: _scores(told.get(name, "")) for name in ("recency", "frequency", "monetary")},
    )


def _scores(told: str) -> tuple[int, ...]:
    return tuple(sorted({int(one) for one in told.split(",") if one in {"1", "2", "3", "4", "5"}}))


def _currencies() -> list[str]:
    return list(Order.objects.order_by("currency").values_list("currency", flat=True).distinct()[:20])


def _usual() -> str:
    return Shop.objects.order_by("id").values_list("currency", flat=True).first() or "TRY"


def _today() -> date:
    return timezone.localtime(clock.now()).date()


def _around(asked: Asked) -> dict[str, Any]:
    currencies = _currencies()
    several = [(one, _url("worth", currency=one, by=asked.by), one == asked.currency) for one in currencies]
    return {
        "views": sidebar.groups("worth"),
        "currencies": several if len(several) > 1 else [],
        "back_url": _url("worth", currency=asked.currency, by=asked.by),
    }


def _url(name: str, **told: Any) -> str:
    some = {key: value for key, value in told.items() if value not in (None, "", 0)}
    return f"{reverse(f'sales:{name}')}?{urlencode(some)}"


def _kept(asked: Asked) -> dict[str, str]:
    scores = {name: ",".join(map(str, getattr(asked, name))) for name in ("recency", "frequency", "monetary")}
    return {"currency": asked.currency, "segment": asked.segment} | scores


def _segment(name: str, found: Iterable[WorthCell], n_all: int, asked: Asked) -> Segment:
    recency, frequency = SEGMENTS[name]
    some = [cell for cell in found if cell.recency in recency and cell.frequency in frequency]
    n = sum(cell.n_customers for cell in some)
    label, about = _segments()[name]
    return Segment(
        label=label,
        about=about,
        n=times.count(n),
        share=times.percent(n / n_all) if n_all else "–",
        n_orders=times.count(sum(cell.n_orders for cell in some)),
        money=words.money(sum((cell.money for cell in some), Decimal()), asked.currency),
        url=_url("worth_customers", currency=asked.currency, segment=name) if n else "",
    )


def _segments() -> dict[str, tuple[str, str]]:
    """What each is called, and what one may do."""
    return {
        "best": (_("Best customers"), _("bought lately and often")),
        "growing": (_("Growing"), _("bought lately, more than once as others go")),
        "new": (_("New or rare"), _("bought lately, and less often than most")),
        "cooling": (_("Cooling"), _("their last order is neither new nor old")),
        "leaving": (_("About to be lost"), _("bought often, and not for long now")),
        "sleeping": (_("Sleeping"), _("bought seldom, and long ago")),
    }


def _bys() -> tuple[tuple[str, str], ...]:
    return (("frequency", _("By how often")), ("monetary", _("By how much")))


def _days(score: int) -> str:
    return {5: _("latest"), 1: _("longest ago")}.get(score, "")


def _cell(found: Collection[WorthCell], recency: int, column: int, asked: Asked) -> Cell:
    some = [cell for cell in found if cell.recency == recency and getattr(cell, asked.by) == column]
    n, money = sum(cell.n_customers for cell in some), sum((cell.money for cell in some), Decimal())
    most = max((_n_at(found, asked.by, r, c) for r in SCORES for c in SCORES), default=0)
    told = {"recency": str(recency), asked.by: str(column)}
    return Cell(
        text=times.count(n) if n else "",
        level=-(-n * HEATS // most) if most else 0,
        url=_url("worth_customers", currency=asked.currency, by=asked.by, **told) if n else "",
        hint=words.money(money, asked.currency) if n else "",
    )


def _n_at(found: Iterable[WorthCell], by: str, recency: int, column: int) -> int:
    return sum(cell.n_customers for cell in found if cell.recency == recency and getattr(cell, by) == column)


def _sentence(found: Collection[WorthCell], currency: str) -> str:
    n = sum(cell.n_customers for cell in found)
    if not n:
        return _("Who bought lately, often and for how much.")
    whole = sum((cell.money for cell in found), Decimal())
    if n < FIVE:
        told = ngettext("%(n)s customer brought %(money)s.", "%(n)s customers brought %(money)s.", n)
        return told % {"n": times.count(n), "money": words.money(whole, currency)}
    best = sum((cell.money for cell in found if cell.monetary == 5), Decimal())
    said = ngettext(
        "%(n)s customer brought %(money)s; the fifth who brought most brought %(share)s of it.",
        "%(n)s customers brought %(money)s; the fifth who brought most brought %(share)s of it.",
        n,
    )
    share = times.percent(float(best / whole)) if whole else "–"
    return said % {"n": times.count(n), "money": words.money(whole, currency), "share": share}


def _said(asked: Asked) -> str:
    """Which customers the list shows."""
    if asked.segment:
        label, about = _segments()[asked.segment]
        return f"{label}: {about}"
    names = (
        ("recency", _("lately: %(n)s of 5")),
        ("frequency", _("often: %(n)s of 5")),
        ("monetary", _("much: %(n)s of 5")),
    )
    told = [said % {"n": "–".join(map(str, getattr(asked, name)))} for name, said in names if getattr(asked, name)]
    return ", ".join(told)


def _rows(found: Iterable[Worth], currency: str) -> list[dict[str, str]]:
    """Somebody who was merged or forgotten since has no name here."""
    some = list(found)
    known = Contact.objects.in_bulk([one.contact_id for one in some])
    return [
        {
            "name": str(contact) if (contact := known.get(one.contact_id)) else "–",
            "url": reverse("contacts:page", args=[one.contact_id]) if contact else "",
            "last_on": times.day(one.last_on),
            "n_orders": times.count(one.n_orders),
            "orders_url": f"{reverse('sales:orders')}?customer={one.contact_id}",
            "money": words.money(one.money, currency),
            "scores": f"{one.recency} · {one.frequency} · {one.monetary}",
        }
        for one in some
    ]
