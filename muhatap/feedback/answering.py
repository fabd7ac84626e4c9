"""What customers answer: a score and a comment, kept once for an invitation and changeable while it is open."""

from dataclasses import dataclass
from datetime import datetime

from django.core import signing
from django.db import transaction

from muhatap.feedback import asking
from muhatap.feedback.models import HIGHEST, LOWEST, Invitation, Response
from muhatap.interactions.ledger import excerpt
from muhatap.interactions.models import Interaction

SALT = "survey"
LONGEST_COMMENT = 2000
SCORES = range(LOWEST, HIGHEST + 1)


class Closed(Exception):
    """Its days are over; what was answered stays."""


@dataclass(frozen=True)
class Answered:
    """The answer as it stands, and whether it is the first or another than before."""

    response: Response
    is_new: bool = False
    is_changed: bool = False


def token(invitation: Invitation) -> str:
    """What opens this one invitation, in a link."""
    return signing.dumps(invitation.pk, salt=SALT)


def invited(token: str) -> Invitation | None:
    """The invitation a link opens; None for a link that is none of ours."""
    try:
        number = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError):
        return None
    rows = Invitation.objects.select_related("survey__inbox", "contact", "response")
    return rows.filter(pk=number, sent_at__isnull=False).first()


@transaction.atomic
def answer(*, invitation: Invitation, score: int, comment: str, at: datetime) -> Answered:
    """Keep an answer, or change it. Raises Closed, ValueError for no score of ours."""
    if score not in SCORES:
        raise ValueError(score)
    held = Invitation.objects.select_for_update(of=("self",)).select_related("survey__inbox").get(pk=invitation.pk)
    if not asking.is_open(held, at=at):
        raise Closed
    comment = comment.strip()[:LONGEST_COMMENT]
    response = Response.objects.filter(invitation=held).first()
    if response is None:
        return Answered(_first(held, score, comment, at=at), is_new=True)
    is_changed = (response.score, response.comment) != (score, comment)
    if is_changed:
        response.score, response.comment, response.changed_at = score, comment, at
        response.save(update_fields=["score", "comment", "changed_at"])
        told = Interaction.objects.filter(survey_response=response)
        told.update(title=_title(score), excerpt=excerpt(comment))
    return Answered(response, is_changed=is_changed)


def _first(invitation: Invitation, score: int, comment: str, *, at: datetime) -> Response:
    inbox = invitation.survey.inbox
    interaction = Interaction.objects.create(
        kind=Interaction.Kind.SURVEY,
        direction=Interaction.Direction.IN,
        channel=inbox.kind,
        inbox=inbox,
        contact_id=invitation.contact_id,
        external_id=f"survey:{invitation.pk}",
        at=at,
        recorded_at=at,
        title=_title(score),
        excerpt=excerpt(comment),
    )
    return Response.objects.create(
        invitation=invitation,
        contact_id=invitation.contact_id,
        interaction=interaction,
        score=score,
        comment=comment,
        at=at,
    )


def _title(score: int) -> str:
    return f"{score}/{HIGHEST}"
