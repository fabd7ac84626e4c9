"""The estimate of lost value: its formula with the numbers in it, its interval, what it assumes, and the customers behind it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from muhatap.accounts.models import User
from muhatap.contacts import paging
from muhatap.contacts.paging import Cursor
from muhatap.flow import cases as flow
from muhatap.insight import lost
from muhatap.insight.lost import Lost, Money
from muhatap.sales.models import Order
from muhatap.service.models import Case
from muhatap.shared import clock
from muhatap.web.cases import counted, pages, words
from muhatap.web.cases.counted import Counted
from muhatap.web.common import charts, times
from muhatap.web.common.display import Pages
from muhatap.web.common.doors import needs, visitor
from muhatap.web.common.links import link

SHOWN = 200
PERIODS = (30, 90, 180)
COLUMNS = {"complained": "opened_at", "others": "placed_at"}


@require_GET
@needs("costs.read")
def show(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    asked = counted.read(request, now=now)
    found = lost.estimate(start=asked.begins, end=asked.ends, days=asked.lost_days, at=now)
    page = {
        "said": charts.days_said(asked.start, asked.end),
        "found": found,
        "complained": _share(found.complained.k, found.complained.n),
        "complained_url": asked.url("lost_customers", of="complained") if found.complained.n else "",
        "others": _share(found.others.k, found.others.n),
        "others_url": asked.url("lost_customers", of="others") if found.others.n else "",
        "difference": _points(found.difference),
        "interval": _("%(low)s to %(high)s") % {"low": _points(found.low), "high": _points(found.high)},
        "money": [_told(one, found) for one in found.money],
        "rows": _gone(asked, visitor(request), at=now),
        "gone_url": asked.url("lost_customers", of="complained", again="no"),
        "periods": [
            (_("Within %(n)s days") % {"n": n}, asked.but(lost_days=n).url("lost"), n == asked.lost_days)
            for n in PERIODS
        ],
        "report_url": asked.url("report"),
        "views": pages.views("report", visitor(request)),
    }
    return render(request, "cases/lost.html", page)


@require_GET
@needs("costs.read")
def customers(request: HttpRequest) -> HttpResponse:
    """The customers behind one of the two shares, each with what it began with and when they ordered again."""
    now, user = clock.now(), visitor(request)
    asked = counted.read(request, now=now)
    of = "others" if request.GET.get("of") == "others" else "complained"
    again = request.GET.get("again", "") if request.GET.get("again") in ("yes", "no") else ""
    rows = _weighed(of, asked, at=now)
    told = {"of": of, "again": again} if again else {"of": of}
    found = rows.filter(came_back=again == "yes") if again else rows
    part = paging.by_key(found, COLUMNS[of], is_down=True, cursor=Cursor.read(request.GET.get("at", "")))
    n_weighed = rows.count()
    page = {
        "title": words.came_back(of),
        "value": _share(rows.filter(came_back=True).count(), n_weighed),
        "n_weighed": n_weighed,
        "said": charts.days_said(asked.start, asked.end),
        "is_complained": of == "complained",
        "days": asked.lost_days,
        "rows": _rows(part.rows, user),
        "sides": [
            (words.again(name), asked.url("lost_customers", of=of, **({"again": name} if name else {})), name == again)
            for name in ("", "yes", "no")
        ],
        "pages": Pages(
            previous_url=asked.url("lost_customers", **told, at=part.previous.token()) if part.previous else "",
            next_url=asked.url("lost_customers", **told, at=part.next.token()) if part.next else "",
        ),
        "lost_url": asked.url("lost"),
        "views": pages.views("report", user),
    }
    return render(request, "cases/lost_customers.html", page)


def _told(one: Money, found: Lost) -> dict[str, str]:
    """The formula with its numbers: 12 × 8 points × 640,00 ₺ = about 614,40 ₺."""
    return {
        "currency": one.currency,
        "n": times.count(one.n),
        "each": times.money(one.order_value, one.currency),
        "points": _points(max(found.difference, 0.0)),
        "value": times.money(one.value, one.currency),
        "between": _("%(low)s to %(high)s")
        % {"low": times.money(one.low, one.currency), "high": times.money(one.high, one.currency)},
    }


def _gone(asked: Counted, user: User, *, at: datetime) -> list[dict[str, Any]]:
    """Who complained and did not come back, the first of them."""
    return _rows(list(_weighed("complained", asked, at=at).filter(came_back=False)[:SHOWN]), user)


def _weighed(of: str, asked: Counted, *, at: datetime) -> Any:
    """The complaints, or the orders of others, by which customers are counted."""
    span: Any = {"start": asked.begins, "end": asked.ends, "days": asked.lost_days, "at": at}
    if of == "others":
        return lost.others(**span).select_related("contact")
    return lost.complaints(**span).select_related("contact", "cause")


def _rows(found: Sequence[Any], user: User) -> list[dict[str, Any]]:
    """A case one may not read shows its number alone."""
    numbers = [row.pk for row in found if isinstance(row, Case)]
    seen = set(flow.visible_to(user).filter(pk__in=numbers).values_list("pk", flat=True))
    return [_customer(row) | (_case(row, row.pk in seen) if isinstance(row, Case) else _order(row)) for row in found]


def _customer(row: Any) -> dict[str, Any]:
    return {
        "name": str(row.contact),
        "contact_url": link("contacts:page", row.contact_id),
        "again": charts.day(timezone.localtime(row.again_at).date()) if row.again_at else "",
    }


def _case(case: Case, is_seen: bool) -> dict[str, Any]:
    return {
        "case": f"#{case.pk} {case.title}" if is_seen else f"#{case.pk}",
        "url": link("cases:one", case.pk) if is_seen else "",
        "cause": str(case.cause or ""),
        "day": charts.day(timezone.localtime(case.opened_at).date()),
    }


def _order(order: Order) -> dict[str, Any]:
    return {
        "case": order.number,
        "url": link("sales:order", order.pk),
        "day": charts.day(timezone.localtime(order.placed_at).date()),
    }


def _share(k: int, n: int) -> str:
    if not n:
        return _("nobody to count yet")
    return _("%(k)s of %(n)s (%(share)s)") % {
        "k": times.count(k),
        "n": times.count(n),
        "share": times.percent(k / n),
    }


def _points(share: float) -> str:
    return _("%(n)s points") % {"n": times.decimal(share * 100)}
