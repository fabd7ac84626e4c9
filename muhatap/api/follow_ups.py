"""Closing the loop for programs: who gave a low score and waits for a word, who had one, whose matter is solved."""

from typing import Any, Literal

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router

from muhatap.api import shapes, survey_shapes
from muhatap.api.keyed import PROBLEMS, asked, needs, user_of
from muhatap.api.once import acts, once
from muhatap.api.paging import Paged, page
from muhatap.api.problems import conflict, not_found
from muhatap.feedback import following_up
from muhatap.feedback.models import FollowUp
from muhatap.flow import closing_the_loop, wire

router = Router(tags=["surveys"])
READ = needs("surveys:read", "surveys.follow_up")
MARK = acts("surveys:write", "surveys.follow_up")
ONE: Any = {200: survey_shapes.FollowUp} | PROBLEMS
STATES = {
    "waiting": Q(called_at=None),
    "called": Q(called_at__isnull=False, solved_at=None),
    "solved": Q(solved_at__isnull=False),
}


class Wanted(Paged):
    """`state` waiting: for a word from us; called: somebody spoke to them; solved."""

    state: Literal["waiting", "called", "solved"] | None = None
    contact_id: shapes.Number | None = None


@router.get("", **READ, response={200: survey_shapes.FollowUps} | PROBLEMS, summary="List who gave a low score")
def follow_ups(request: HttpRequest, wanted: Query[Wanted]) -> dict[str, Any]:
    """Those of conversations the key's user sees and of none; all for whoever reads surveys."""
    rows = closing_the_loop.visible_to(user_of(request))
    if wanted.state:
        rows = rows.filter(STATES[wanted.state])
    if wanted.contact_id:
        rows = rows.filter(response__contact_id=wanted.contact_id)
    return page(rows.select_related("response"), wanted, wire.follow_up)


@router.post("/{number}/called", **MARK, response=ONE, summary="Say that somebody spoke to them")
@once
def called(request: HttpRequest, number: shapes.Number, data: survey_shapes.Word) -> Any:
    """By any way outside of here; an answer written here is noted by itself. Said twice it changes nothing."""
    by, at = asked(request)
    following_up.called(follow_up=find(request, number), note=data.note, by=by, at=at)
    return wire.follow_up(find(request, number))


@router.post("/{number}/solved", **MARK, response=ONE, summary="Say that it is solved")
@once
def solved(request: HttpRequest, number: shapes.Number) -> Any:
    """Refused (409) before somebody spoke to them. Said twice it changes nothing."""
    by, at = asked(request)
    try:
        with transaction.atomic():
            following_up.solved(follow_up=find(request, number), by=by, at=at)
    except following_up.NotCalledYet as error:
        raise conflict(_("Somebody has to speak to them first.")) from error
    return wire.follow_up(find(request, number))


@router.post("/{number}/undo", **MARK, response=ONE, summary="Take the last word back")
@once
def undo(request: HttpRequest, number: shapes.Number) -> Any:
    """Solved becomes spoken to, spoken to becomes waiting. Refused (409) for whoever waits already."""
    by, at = asked(request)
    row = find(request, number)
    if row.called_at is None:
        raise conflict(_("Nobody has spoken to them yet."))
    following_up.undo(follow_up=row, by=by, at=at)
    return wire.follow_up(find(request, number))


def find(request: HttpRequest, number: int) -> FollowUp:
    """Raises Problem for what this user may not read."""
    found = closing_the_loop.visible_to(user_of(request)).select_related("response").filter(pk=number).first()
    if found is None:
        raise not_found()
    return found
