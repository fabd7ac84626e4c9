"""The costs behind a number: each with what it was for, its case, its rate; and the form for one that no case had."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.contacts import paging
from muhatap.contacts.paging import Cursor
from muhatap.flow import cases as flow
from muhatap.service import costing, quality
from muhatap.service.models import Case, Cost
from muhatap.service.promising import BadCost
from muhatap.shared import clock
from muhatap.web.cases import counted, pages, words
from muhatap.web.cases.counted import Counted
from muhatap.web.cases.forms import CostForm, exact
from muhatap.web.common import charts, times
from muhatap.web.common.display import Pages
from muhatap.web.common.doors import needs, visitor
from muhatap.web.common.links import link


@dataclass(frozen=True, kw_only=True)
class Line:
    """One cost. Of a case the reader may not see only the number is told."""

    day: str
    what: str
    kind: str
    took: str
    rate: str
    note: str
    case: str
    url: str
    by: str
    source: str
    undo_url: str


@require_GET
@needs("costs.read")
def show(request: HttpRequest) -> HttpResponse:
    """The rows, the newest first, and what they come to."""
    asked, user = counted.read(request, now=clock.now()), visitor(request)
    found = counted.rows(asked)
    part = paging.by_key(
        found.select_related("case__contact", "rate", "by", "reverses"),
        "at",
        is_down=True,
        cursor=Cursor.read(request.GET.get("at", "")),
    )
    whole = quality.sums(found)
    page = {
        "said": charts.days_said(asked.start, asked.end),
        "whole": words.money(whole.amounts) or "–",
        "time": words.signed(whole.minutes) if whole.minutes else "",
        "n": times.count(whole.n),
        "lines": _lines(part.rows, user),
        "pages": Pages(previous_url=_at(asked, part.previous), next_url=_at(asked, part.next)),
        "report_url": Counted(start=asked.start, end=asked.end).url("report"),
        "all_url": asked.url("report_export"),
        "views": pages.views("report", user),
    }
    return render(request, "cases/costs.html", page)


@needs("cases.edit")
def new(request: HttpRequest) -> HttpResponse:
    """Time or money that no case had: training, checking, what was put right before it left."""
    now = clock.now()
    form = CostForm(request.POST or None, initial={"on": timezone.localtime(now).date(), "kind": Cost.Kind.PREVENTION})
    if request.method == "POST" and form.is_valid():
        try:
            costing.write(by=visitor(request), at=now, **form.told(now))
        except BadCost:
            form.add_error("on", _("This day is still to come or too long ago, or the amount makes no sense."))
        else:
            messages.success(request, _("Written down."))
            return redirect("cases:list")
    page = {"form": form, "views": pages.views("", visitor(request))}
    return render(request, "cases/new_cost.html", page, status=422 if form.errors else 200)


@require_POST
@needs("cases.edit")
def take_back(request: HttpRequest, cost: int) -> HttpResponse:
    """Of no case, written down by mistake: a row against it, of today. Those of a case are taken back on its page."""
    row = get_object_or_404(
        flow.costs_of(visitor(request), counts=may(visitor(request), "costs.read")).filter(case=None), pk=cost
    )
    try:
        costing.take_back(cost=row, why=_("Written down by mistake"), by=visitor(request), at=clock.now())
    except (costing.WasTakenBack, costing.FollowsFrom):
        messages.info(request, _("This cannot be taken back here."))
    else:
        messages.success(request, _("Taken back. A row against it stands among the costs."))
    return redirect(f"{reverse('cases:costs')}?{request.GET.urlencode()}")


def rows_of_file(asked: Counted, user: User) -> Iterator[list[str]]:
    """Every cost, one a row; as on the page, the words of a case the reader may not see are not told."""
    yield [
        _("Number"), _("Day"), _("Kind of cost"), _("For what"), _("Money"), _("Currency"), _("Minutes"),
        _("For an hour"), pgettext("service", "Case"), _("Cause"), _("Team"), _("Note"), _("Follows from"), _("Against"),
        _("Written down at"),
    ]  # fmt: skip
    is_told = Q(case=None) | Exists(flow.visible_to(user).filter(pk=OuterRef("case")))
    found: Any = counted.rows(asked).annotate(is_told=ExpressionWrapper(is_told, BooleanField()))
    found = found.select_related("case__cause", "team", "rate").order_by("at", "pk")
    for row in found.iterator(chunk_size=500):
        yield [
            str(row.pk), f"{timezone.localtime(row.at):%Y-%m-%d}", row.get_kind_display(), row.get_what_display(),
            "" if row.amount is None else exact(row.amount), row.currency,
            "" if row.minutes is None else str(row.minutes), exact(row.rate.amount) if row.rate else "",
            str(row.case_id or ""), str(row.case.cause or "") if row.case else "", str(row.team or ""),
            row.note if row.is_told else "", row.source, str(row.reverses_id or ""), f"{timezone.localtime(row.recorded_at):%Y-%m-%d %H:%M}",
        ]  # fmt: skip


def _lines(rows: list[Cost], user: User) -> list[Line]:
    numbers = {row.case_id for row in rows if row.case_id}
    seen = set(flow.visible_to(user).filter(pk__in=numbers).values_list("pk", flat=True))
    gone = set(Cost.objects.filter(reverses__in=rows).values_list("reverses_id", flat=True))
    may_undo = may(user, "cases.edit")
    return [
        _line(row, row.case if row.case_id in seen else None, may_undo=may_undo and row.pk not in gone) for row in rows
    ]


def _line(row: Cost, case: Case | None, *, may_undo: bool) -> Line:
    is_by_hand = not row.case_id and not row.source and not row.reverses_id
    return Line(
        day=charts.day(timezone.localtime(row.at).date()),
        what=str(row.get_what_display()),
        kind=str(row.get_kind_display()),
        took=words.took(row),
        rate=_("at %(money)s an hour") % {"money": times.money(row.rate.amount, row.rate.currency)} if row.rate else "",
        note=row.note if case or not row.case_id else "",
        case=f"#{case.pk} {case.title}" if case else f"#{row.case_id}" if row.case_id else "",
        url=link("cases:one", case.pk) + f"#cost-{row.pk}" if case else "",
        by=str(row.by or _("Muhatap")),
        source=_("Against an earlier one") if row.reverses_id else _source(row.source),
        undo_url=link("cases:take_cost_back", row.pk) if may_undo and is_by_hand else "",
    )


def _source(source: str) -> str:
    named: dict[str, Any] = {
        "refund": _("As the shop tells it"),
        "promise": _("As written down at the end of a promise"),
        "compensation": _("As given to the customer"),
    }
    return str(named.get(source.partition(":")[0], ""))


def _at(asked: Counted, cursor: Cursor | None) -> str:
    return asked.url(at=cursor.token()) if cursor else ""
