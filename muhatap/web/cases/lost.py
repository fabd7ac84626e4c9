"""The estimate of lost value: its formula with the numbers in it, its interval, what it assumes, and the customers behind it."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from muhatap.flow import cases as flow
from muhatap.insight import lost
from muhatap.insight.lost import Lost, Money
from muhatap.service.models import Case
from muhatap.shared import clock
from muhatap.web.cases import counted, pages
from muhatap.web.cases.counted import Counted
from muhatap.web.common import charts, times
from muhatap.web.common.doors import needs, visitor
from muhatap.web.common.links import link

SHOWN = 200
PERIODS = (30, 90, 180)


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
        "others": _share(found.others.k, found.others.n),
        "difference": _points(found.difference),
        "interval": _("%(low)s to %(high)s") % {"low": _points(found.low), "high": _points(found.high)},
        "money": [_told(one, found) for one in found.money],
        "rows": _rows(asked, request, at=now),
        "shown": SHOWN,
        "periods": [
            (_("Within %(n)s days") % {"n": n}, asked.but(lost_days=n).url("lost"), n == asked.lost_days)
            for n in PERIODS
        ],
        "report_url": asked.url("report"),
        "views": pages.views("report", visitor(request)),
    }
    return render(request, "cases/lost.html", page)


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


def _rows(asked: Counted, request: HttpRequest, *, at: datetime) -> list[dict[str, Any]]:
    """Who complained and did not come back; a case one may not read shows its number alone."""
    rows: Any = lost.complaints(start=asked.begins, end=asked.ends, days=asked.lost_days, at=at)
    gone = list(rows.filter(came_back=False).select_related("contact", "cause")[: SHOWN + 1])
    seen = set(flow.visible_to(visitor(request)).filter(pk__in=[row.pk for row in gone]).values_list("pk", flat=True))
    return [_row(row, row.pk in seen) for row in gone[:SHOWN]]


def _row(case: Case, is_seen: bool) -> dict[str, Any]:
    return {
        "name": str(case.contact),
        "contact_url": link("contacts:page", case.contact_id),
        "case": f"#{case.pk} {case.title}" if is_seen else f"#{case.pk}",
        "url": link("cases:one", case.pk) if is_seen else "",
        "cause": str(case.cause or ""),
        "day": charts.day(timezone.localtime(case.opened_at).date()),
    }


def _share(k: int, n: int) -> str:
    told = {"k": times.count(k), "n": times.count(n), "share": times.percent(k / n) if n else "–"}
    return _("%(k)s of %(n)s (%(share)s)") % told


def _points(share: float) -> str:
    return _("%(n)s points") % {"n": times.decimal(share * 100)}
