"""What cases took and what customers were given for them: time and money, written down and taken back. The same acts as on the pages."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Status

from muhatap.accounts.permissions import may
from muhatap.api import case_shapes, cases, shapes
from muhatap.api.keyed import PROBLEMS, asked, key_of, needs, user_of
from muhatap.api.once import acts, once
from muhatap.api.paging import Paged, page
from muhatap.api.problems import conflict, not_found, wrong
from muhatap.flow import cases as flow
from muhatap.flow import wire
from muhatap.service import costing
from muhatap.service.models import Case, Compensation, Cost
from muhatap.service.promising import BadCost

router = Router(tags=["costs"])
READ = needs("costs:read", "costs.read")
EDIT = acts("cases:write", "cases.edit")
MADE: Any = {201: case_shapes.Case} | PROBLEMS
WRITTEN: Any = {201: case_shapes.Cost} | PROBLEMS


class Wanted(Paged):
    """`since`, `until`: when it was."""

    case_id: shapes.Number | None = None
    kind: case_shapes.CostKind | None = None
    since: shapes.Moment | None = None
    until: shapes.Moment | None = None


@router.get("/costs", **READ, response={200: case_shapes.Costs} | PROBLEMS, summary="List costs of quality")
def costs(request: HttpRequest, wanted: Query[Wanted]) -> dict[str, Any]:
    """All of them, as the report counts them; what is said of a case this key does not show is left out."""
    given = {"case_id": wanted.case_id, "kind": wanted.kind, "at__gte": wanted.since, "at__lt": wanted.until}
    rows = Cost.objects.filter(**{name: value for name, value in given.items() if value})
    told = page(rows, wanted, lambda row: wire.cost(row, may_count=True))
    numbers = {row["case_id"] for row in told["data"] if row["case_id"]}
    seen = set(_seen(request).filter(pk__in=numbers).values_list("pk", flat=True))
    for row in told["data"]:
        if row["case_id"] and row["case_id"] not in seen:
            row["note"] = ""
    return told


@router.post("/costs", **EDIT, response=WRITTEN, summary="Write a cost down")
@once
def write(request: HttpRequest, data: case_shapes.NewCost) -> Status[Any]:
    """Time is counted at the rate that holds on its day for the key's user."""
    by, at = asked(request)
    case = _case(request, data.case_id)
    if (data.minutes is None) == (data.amount is None):
        raise wrong(minutes=_("Write minutes or money; what took both is written down twice."))
    try:
        cost = costing.write(
            kind=data.kind,
            what=data.what if data.amount else Cost.What.TIME,
            happened_at=data.at or at,
            by=by,
            at=at,
            amount=data.amount,
            currency=data.currency,
            minutes=data.minutes,
            case=case,
            said=data.note,
        )
    except BadCost as error:
        raise wrong(at=_("This day is still to come or too long ago, or the amount makes no sense.")) from error
    return Status(201, _told(request, cost))


@router.post("/costs/{number}/take-back", **EDIT, response=WRITTEN, summary="Take a cost back")
@once
def take_back(request: HttpRequest, number: shapes.Number, data: shapes.Why) -> Status[Any]:
    """A row against it, of now. Refused (409) when it was taken back, or follows from something else that is to be taken back instead."""
    by, at = asked(request)
    row = flow.costs_of(user_of(request), counts=_may_count(request)).filter(pk=number).first()
    if row is None:
        raise not_found()
    try:
        with transaction.atomic():
            against = costing.take_back(cost=row, why=data.why, by=by, at=at)
    except (costing.WasTakenBack, costing.FollowsFrom) as error:
        raise conflict(_("This cannot be taken back here.")) from error
    return Status(201, _told(request, against))


@router.post("/cases/{number}/compensations", **EDIT, response=MADE, summary="Give the customer something")
@once
def compensate(request: HttpRequest, number: shapes.Number, data: case_shapes.NewGiven) -> Status[Any]:
    """Written down, and counted as a cost; no money moves by it. A refund the shop tells of as well is counted once."""
    by, at = asked(request)
    costing.compensate(
        case=cases.find(request, number),
        kind=data.kind,
        amount=data.amount,
        currency=data.currency,
        said=data.note,
        by=by,
        at=at,
    )
    return Status(201, cases.told(number))


@router.delete("/cases/{number}/compensations/{given}", **EDIT, response=cases.ONE, summary="Take it back")
@once
def uncompensate(request: HttpRequest, number: shapes.Number, given: shapes.Number) -> Any:
    """They were not given it after all; said twice it changes nothing."""
    by, at = asked(request)
    row = Compensation.objects.filter(pk=given, case=cases.find(request, number)).select_related("case").first()
    if row is None:
        raise not_found()
    costing.take_compensation_back(given=row, by=by, at=at)
    return cases.told(number)


def _seen(request: HttpRequest) -> QuerySet[Case]:
    return flow.visible_to(user_of(request))


def _case(request: HttpRequest, number: int | None) -> Case | None:
    found = _seen(request).filter(pk=number or 0).first()
    if number and found is None:
        raise wrong(case_id=_("There is no such case."))
    return found


def _told(request: HttpRequest, row: Cost) -> dict[str, Any]:
    return wire.cost(row, may_count=_may_count(request))


def _may_count(request: HttpRequest) -> bool:
    """Whether money is told: an hour's tells what somebody earns."""
    return "costs:read" in key_of(request).scopes and may(user_of(request), "costs.read")
