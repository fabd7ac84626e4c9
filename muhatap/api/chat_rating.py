"""The question after a resolution, asked in the visitor's own window."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _
from ninja import Router

from muhatap.api import chat_shapes as shapes
from muhatap.api.visitors import Problem, hold_back
from muhatap.channels.webchat.models import ChatSession
from muhatap.feedback import answering, wording
from muhatap.feedback.models import Invitation
from muhatap.flow import surveying
from muhatap.shared import clock
from muhatap.shared.limits import Limit

RATINGS = Limit(burst=30, per_minute=60)
router = Router()


@router.post(
    "/rating", response={200: shapes.Rating, 410: shapes.Wrong}, summary="Rate how the help was; again to change it"
)
def rate(request: HttpRequest, data: shapes.Rate) -> dict[str, Any]:
    session: ChatSession = request.auth  # type: ignore[attr-defined]
    hold_back(request, "ratings", RATINGS, session.visitor_id)
    at = clock.now()
    invitation = surveying.waiting_in_chat(session, at=at)
    if invitation is None:
        raise _over()
    if data.score not in wording.choices(invitation.survey):
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "no_score", _("Choose one of these."))
    try:
        response = surveying.rate(invitation=invitation, score=data.score, comment=None, at=at)
    except answering.Closed as error:  # switched off, full or over since it was looked up
        raise _over() from error
    return _rating(invitation, response.score, session.language)


def _over() -> Problem:
    return Problem(HTTPStatus.GONE, "no_rating", _("The days for this rating are over"))


def shown(session: ChatSession, *, at: datetime) -> dict[str, Any] | None:
    """What the window shows, if this visitor is asked."""
    invitation = surveying.waiting_in_chat(session, at=at)
    if invitation is None:
        return None
    response = getattr(invitation, "response", None)
    return _rating(invitation, response.score if response else None, session.language)


def _rating(invitation: Invitation, score: int | None, language: str) -> dict[str, Any]:
    with translation.override(language):
        return {
            "question": wording.question(invitation.survey),
            "words": [*wording.choices(invitation.survey).values()] if invitation.survey.has_score else [],
            "lowest": invitation.survey.range[0],
            "score": score,
            "url": f"/rate/{answering.token(invitation)}/",
            "more": _("Add a word about it") if invitation.survey.has_score else _("Answer the questions"),
        }
