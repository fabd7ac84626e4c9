"""Surveys and what customers answered. Making and asking stays on the pages."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from ninja import Query, Router

from muhatap.api import shapes, survey_shapes
from muhatap.api.keyed import PROBLEMS, needs
from muhatap.api.paging import Paged, page
from muhatap.api.problems import not_found
from muhatap.feedback.models import Response, Survey
from muhatap.flow import wire

router = Router(tags=["surveys"])
READ = needs("surveys:read", "surveys.read")


class Wanted(Paged):
    """`updated_since`: given or changed since then. `score_up_to`: with this score or less."""

    survey_id: shapes.Number | None = None
    contact_id: shapes.Number | None = None
    score_up_to: survey_shapes.Score | None = None
    updated_since: shapes.Moment | None = None


@router.get("/surveys", **READ, response={200: survey_shapes.Surveys} | PROBLEMS, summary="List surveys")
def surveys(request: HttpRequest, wanted: Query[Paged]) -> dict[str, Any]:
    """All of them, with those that are put away."""
    return page(wire.with_all_of_surveys(Survey.objects.all()), wanted, wire.survey)


@router.get("/surveys/{number}", **READ, response={200: survey_shapes.Survey} | PROBLEMS, summary="One survey")
def survey(request: HttpRequest, number: shapes.Number) -> dict[str, Any]:
    """With its questions, also those that are asked no more and were answered once."""
    found = wire.with_all_of_surveys(Survey.objects.all()).filter(pk=number).first()
    if found is None:
        raise not_found()
    return wire.survey(found)


@router.get("/responses", **READ, response={200: survey_shapes.Responses} | PROBLEMS, summary="List answers to surveys")
def responses(request: HttpRequest, wanted: Query[Wanted]) -> dict[str, Any]:
    """Answers may change while they are open: ask again with `updated_since`."""
    rows = Response.objects.filter(survey__isnull=False)
    for field in ("survey_id", "contact_id"):
        if value := getattr(wanted, field):
            rows = rows.filter(**{field: value})
    if wanted.score_up_to is not None:
        rows = rows.filter(score__lte=wanted.score_up_to)
    if wanted.updated_since:
        since = wanted.updated_since
        rows = rows.filter(Q(at__gte=since) | Q(changed_at__gte=since) | Q(gone_on_at__gte=since))
    return page(wire.with_all_of_responses(rows), wanted, wire.response)


@router.get("/responses/{number}", **READ, response={200: survey_shapes.Response} | PROBLEMS, summary="One answer")
def response(request: HttpRequest, number: shapes.Number) -> dict[str, Any]:
    found = wire.with_all_of_responses(Response.objects.filter(survey__isnull=False)).filter(pk=number).first()
    if found is None:
        raise not_found()
    return wire.response(found)
