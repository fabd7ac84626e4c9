"""The orders of all shops: the list with its filters, the same as a file, and one order."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Func, QuerySet, TextField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from muhatap.accounts import audit
from muhatap.accounts.permissions import may
from muhatap.contacts import paging
from muhatap.contacts.exporting import harmless
from muhatap.contacts.models import Contact
from muhatap.contacts.paging import Cursor
from muhatap.sales.models import Order, Shop, State
from muhatap.shared import clock
from muhatap.shared.text import fold, without_nul
from muhatap.web.common import reading, spreadsheets, times
from muhatap.web.common.display import Pages
from muhatap.web.common.doors import needs, visitor
from muhatap.web.sales import sidebar, words

LATE, SOLD = "late", "sold"
LEAST, MOST_CALLED = 3, 1000  # letters an index can find by, orders of one name
SINCE = {"7": 7, "30": 30, "90": 90, "365": 365}
MOST_EXPORTED = 100_000
LONGEST = 100


@require_GET
@needs("sales.read")
def listing(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    asked = _asked(request)
    found = paging.by_key(
        _found(asked, now).select_related("shop", "contact").prefetch_related("lines"),
        "placed_at",
        is_down=True,
        cursor=Cursor.read(request.GET.get("at", "")),
    )
    user = visitor(request)
    kept = urlencode({name: value for name, value in asked.items() if value})
    page = asked | {
        "customer_name": _name_of(asked["customer"]),
        "days_said": _days(asked),
        "from_on": asked["from"],
        "to_on": asked["to"],
        "without_days_url": "?"
        + urlencode({name: value for name, value in asked.items() if value and name not in ("from", "to")}),
        "rows": [words.order_row(order, now) for order in found.rows],
        "pages": Pages(previous_url=_at(kept, found.previous), next_url=_at(kept, found.next)),
        "shops": Shop.objects.order_by("name", "id"),
        "states": [(LATE, _("Late")), (SOLD, _("Not cancelled")), *State.choices],
        "without_customer_url": "?"
        + urlencode({name: value for name, value in asked.items() if value and name != "customer"}),
        "is_filtered": bool(kept),
        "has_shops": Shop.objects.exists(),
        "export_url": f"?{kept}" if may(user, "sales.export") else "",
        "may_connect": may(user, "shops.edit"),
        "views": sidebar.groups("orders"),
    }
    return render(request, "sales/orders.html", page)


@require_GET
@needs("sales.export")
def export(request: HttpRequest) -> Any:  # a stream, which Django does not count among its HttpResponses
    """The orders that the address asks for, one a row."""
    now, asked = clock.now(), _asked(request)
    audit.record(by=visitor(request), at=now, act="orders.exported", kind="order", id="", **asked)
    rows = _rows(_found(asked, now).select_related("shop", "contact").order_by("-placed_at", "-id")[:MOST_EXPORTED])
    return spreadsheets.answer(rows, name=f"orders-{now:%Y-%m-%d}", is_xlsx=request.GET.get("as") == "xlsx")


@require_GET
@needs("sales.read")
def show(request: HttpRequest, number: int) -> HttpResponse:
    now = clock.now()
    rows = Order.objects.select_related("shop", "contact").prefetch_related("lines__product", "steps", "refunds")
    order = get_object_or_404(rows, pk=number)
    page = {
        "order": order,
        "row": words.order_row(order, now),
        "lines": [_line(line, order) for line in sorted(order.lines.all(), key=lambda line: line.n)],
        "sums": _sums(order),
        "refunded": words.money(-order.refunded, order.currency) if order.refunded else "",
        "steps": [(State(step.state).label, step.at, step.is_told_by_server) for step in _walked(order)],
        "refunds": [(words.money(one.amount, order.currency), one.reason, one.at) for one in order.refunds.all()],
        "promised": times.day(order.promised_on) if order.promised_on else "",
        "views": sidebar.groups("orders"),
    }
    return render(request, "sales/order.html", page)


def _asked(request: HttpRequest) -> dict[str, str]:
    told = request.GET
    state, days = told.get("state", ""), told.get("days", "")
    return {
        "q": without_nul(told.get("q", "")).strip()[:LONGEST],
        "customer": str(reading.number(told.get("customer")) or ""),
        "state": state if state in State.values or state in (LATE, SOLD) else "",
        "shop": str(reading.number(told.get("shop")) or ""),
        "days": days if days in SINCE else "",
        "from": reading.day(told.get("from", "")),
        "to": reading.day(told.get("to", "")),
    }


def _days(asked: dict[str, str]) -> str:
    some = [times.day(date.fromisoformat(asked[name])) if asked[name] else "…" for name in ("from", "to")]
    return "" if some == ["…", "…"] else some[0] if some[0] == some[1] else " – ".join(some)


def _name_of(number: str) -> str:
    contact = Contact.objects.filter(pk=int(number)).first() if number else None
    return str(contact) if contact else number


def _found(asked: dict[str, str], now: datetime) -> "QuerySet[Order]":
    found = _in_state(asked["state"], now)
    if asked["customer"]:
        found = found.filter(contact=int(asked["customer"]))
    if asked["shop"]:
        found = found.filter(shop=int(asked["shop"]))
    if asked["days"]:
        first = timezone.localtime(now).date() - timedelta(days=SINCE[asked["days"]])
        found = found.filter(placed_at__gte=timezone.make_aware(datetime.combine(first, time.min)))
    for name, edge in (("from", "gte"), ("to", "lt")):
        if asked[name]:
            on = date.fromisoformat(asked[name]) + timedelta(days=name == "to")
            found = found.filter(**{f"placed_at__{edge}": timezone.make_aware(datetime.combine(on, time.min))})
    if asked["q"]:
        found = found.filter(pk__in=_called(asked["q"]))
    return found


def _in_state(state: str, now: datetime) -> "QuerySet[Order]":
    if state == LATE:
        return Order.objects.late(at=now)
    if state == SOLD:
        return Order.objects.exclude(state=State.CANCELLED)
    return Order.objects.filter(state=state) if state else Order.objects.all()


def _called(words: str) -> set[int]:
    """Orders whose number begins so, or whose buyer is called so. Each is asked by its own index, the newest MOST_CALLED of it."""
    plain = words.removeprefix("#").strip()
    folded = Func(F("customer_name"), function="fold_tr", output_field=TextField())
    is_long = len(plain) >= LEAST
    by = [Order.objects.filter(number__startswith=plain) if is_long else Order.objects.filter(number=plain)]
    by.append(Order.objects.filter(external_id=plain))
    if is_long:
        by.append(Order.objects.alias(folded=folded).filter(folded__contains=fold(words)))
        by.append(Order.objects.filter(contact__search_text__contains=fold(words)))
    return {pk for some in by for pk in some.order_by("-placed_at").values_list("pk", flat=True)[:MOST_CALLED]}


def _rows(found: "QuerySet[Order]") -> Iterator[list[str]]:
    yield [
        pgettext("shop", "Order"),
        _("Shop"),
        _("When"),
        _("State"),
        _("Customer"),
        _("Total"),
        _("Refunded"),
        _("Currency"),
        pgettext("order", "Told by"),
    ]
    for order in found.iterator(chunk_size=1000):
        yield [
            harmless(f"#{order.number}"),
            harmless(order.shop.name),
            f"{timezone.localtime(order.placed_at):%Y-%m-%d %H:%M}",
            str(State(order.state).label),
            harmless(str(order.contact) if order.contact else order.customer_name),
            spreadsheets.Number(_plain(order.total)),
            spreadsheets.Number(_plain(order.refunded)),
            order.currency,
            _("The shop") if order.is_told_by_server else _("A browser"),
        ]


def _plain(amount: Decimal) -> str:
    """Two decimals at least, and all that are told."""
    exact = amount.normalize()
    return f"{exact:f}" if -int(exact.as_tuple().exponent) > 2 else f"{amount:.2f}"


def _line(line: Any, order: Order) -> dict[str, str]:
    return {
        "name": line.name or line.product_external_id,
        "more": " · ".join(filter(None, [line.variant, line.sku])),
        "quantity": words.quantity(line.quantity),
        "price": words.money(line.price, order.currency),
        "amount": words.money(line.amount, order.currency),
    }


def _sums(order: Order) -> list[tuple[str, str]]:
    told = [
        (_("Shipping"), order.shipping),
        (_("Tax, contained or added"), order.tax),
        (_("Discount"), -order.discount),
    ]
    return [(label, words.money(amount, order.currency)) for label, amount in told if amount]


def _walked(order: Order) -> list[Any]:
    return sorted(order.steps.all(), key=lambda step: (step.at, step.pk))


def _at(kept: str, cursor: Cursor | None) -> str:
    return f"?{kept}&at={cursor.token()}" if cursor else ""
