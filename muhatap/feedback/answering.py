"""What customers answer: a score, further questions, a word. Kept once for an invitation and changeable while it is open."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.db import transaction

from muhatap.contacts.models import Contact
from muhatap.feedback import asking, logic
from muhatap.feedback.logic import Value
from muhatap.feedback.models import HIGHEST, LOWEST, Answer, Invitation, Response, Survey
from muhatap.interactions.ledger import excerpt
from muhatap.interactions.models import Interaction
from muhatap.shared import locks
from muhatap.shared.text import without_nul

SALT = "survey"
RECEIPT = "survey.receipt"
LONGEST_COMMENT = 2000
SCORES = range(LOWEST, HIGHEST + 1)


class Closed(Exception):
    """Its days are over, or the survey takes no answers any more; what was answered stays."""


class Off(Closed):
    """The survey was switched off, closed or put away."""


class Full(Closed):
    """As many have answered as were wanted."""


@dataclass(frozen=True)
class Answered:
    """The answer as it stands; whether it is the first, or another than before: gone on with, or altered; and which score stood before."""

    response: Response
    is_new: bool = False
    is_changed: bool = False
    is_altered: bool = False
    has_new_words: bool = False
    score_before: int | None = None


@dataclass(frozen=True, kw_only=True)
class Given:
    """What somebody answered now. `None` leaves what stands; of `answers`, by the question's number, only those that are named change."""

    score: int | None = None
    comment: str | None = None
    answers: Mapping[int, Value] = field(default_factory=dict)


def token(invitation: Invitation) -> str:
    """What opens this one invitation, in a link."""
    return signing.dumps(invitation.pk, salt=SALT)


def invited(token: str) -> Invitation | None:
    """The invitation a link opens; None for a link that is none of ours."""
    number = _signed(token, SALT)
    rows = Invitation.objects.select_related("survey__inbox", "contact", "response__survey")
    return rows.filter(pk=number, sent_at__isnull=False).first() if number else None


def receipt(response: Response) -> str:
    """What opens an answer that was given openly, so that whoever gave it may go on or change it."""
    return signing.dumps(response.pk, salt=RECEIPT)


def received(token: str) -> Response | None:
    """The answer a receipt opens; None for one that is none of ours."""
    number = _signed(token, RECEIPT)
    rows = Response.objects.select_related("survey__inbox", "contact", "invitation__survey")
    return rows.filter(pk=number).first() if number else None


def _signed(token: str, salt: str) -> int | None:
    try:
        number = signing.loads(token, salt=salt)
    except (signing.BadSignature, ValueError):
        return None
    return number if isinstance(number, int) else None


def open_survey(key: str) -> Survey | None:
    """The survey behind an address for everybody; None where there is none."""
    if not key or key != without_nul(key):
        return None
    return Survey.objects.select_related("inbox").filter(key=key, archived_at=None).first()


def is_open(response: Response, *, at: datetime) -> bool:
    """Whether this answer may still be changed: by its invitation, or by whoever gave it."""
    survey = response.survey
    if survey is None or not asking.is_running(survey, at=at):
        return False
    if response.invitation is not None and asking.is_open(response.invitation, at=at):
        return True
    return at < response.at + (_days_of_one(survey) if response.contact_id else timedelta(days=survey.open_days))


def _days_of_one(survey: Survey) -> timedelta:
    """Within these days somebody we know has one answer, and changes that one."""
    return timedelta(days=max(survey.quiet_days, survey.open_days))


@transaction.atomic
def answer(
    *,
    invitation: Invitation,
    score: int | None,
    comment: str | None,
    at: datetime,
    answers: Mapping[int, Value] | None = None,
) -> Answered:
    """Keep an answer, or change it. Raises Closed, Off, Full, ValueError for no score or answer of ours."""
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("survey__inbox", "contact")
    held = rows.get(pk=invitation.pk)
    given = Given(score=score, comment=comment, answers=answers or {})
    if not asking.is_open(held, at=at):
        raise closed(held.survey, at=at)
    response = Response.objects.filter(invitation=held).first()
    if response is not None:
        return _change(response, held.survey, given, at=at)
    return _first(
        held.survey, given, at=at, contact=held.contact, invitation=held, way=held.way, language=held.language
    )


@transaction.atomic
def answer_openly(
    *,
    survey: Survey,
    given: Given,
    way: str,
    language: str,
    nonce: str,
    at: datetime,
    contact: Contact | None = None,
) -> Answered:
    """Keep the answer of somebody who came by a link, a code or a page.

    The same nonce again, for the same survey, is the same answer; so is what somebody we know answers again before we may ask them again.
    Raises Closed, Off, Full, ValueError.
    """
    typed, nonce = without_nul(nonce), _nonce(survey, nonce)
    locks.hold("survey answer", survey.pk, nonce)
    if contact is not None:
        locks.hold("survey answer of", survey.pk, contact.pk)
    known = _given_before(survey, typed=typed, nonce=nonce, contact=contact, at=at)
    if known is not None:
        return change(response=known, given=given, at=at)
    if not asking.is_running(survey, at=at):
        raise Off
    if contact is not None:
        asking.let_rest(contact=contact, at=at)
    return _first(survey, given, at=at, contact=contact, way=way, language=language, nonce=nonce or None)


def _nonce(survey: Survey, typed: str) -> str:
    """Whatever a page sends, as a name of one survey's answer: that of another survey is none of its business."""
    return hashlib.sha256(f"{survey.pk}:{without_nul(typed)}".encode()).hexdigest()[:40] if typed else ""


def _given_before(survey: Survey, *, typed: str, nonce: str, contact: Contact | None, at: datetime) -> Response | None:
    """Answers of older releases stand under the nonce as it was typed."""
    known = Response.objects.filter(survey=survey, nonce__in=[nonce, typed]).first() if nonce else None
    if known is not None or contact is None:
        return known
    theirs = Response.objects.filter(survey=survey, contact=contact, at__gt=at - _days_of_one(survey))
    return theirs.order_by("-at", "-pk").first()


@transaction.atomic
def change(*, response: Response, given: Given, at: datetime) -> Answered:
    """Go on with an answer, or change it. Raises Closed, Off, ValueError."""
    held = Response.objects.select_for_update(of=("self",)).select_related("survey", "invitation__survey").get(
        pk=response.pk
    )  # fmt: skip
    if held.survey is None or not is_open(held, at=at):
        raise closed(held.survey, at=at)
    return _change(held, held.survey, given, at=at)


def closed(survey: Survey | None, *, at: datetime) -> Closed:
    """Why an answer that is not open takes nothing any more: its days are over, or the whole survey is."""
    return Closed() if survey is None or asking.is_running(survey, at=at) else Off()


def _first(survey: Survey, given: Given, *, at: datetime, contact: Contact | None, way: str, **more: Any) -> Answered:
    score, comment = _score(survey, given.score), (given.comment or "").strip()[:LONGEST_COMMENT]
    if survey.has_score and score is None:
        raise ValueError("no score")
    _hold_quota(survey, at=at)
    invitation = more.get("invitation")
    response = Response.objects.create(
        survey=survey, contact=contact, way=way, score=score, comment=comment, at=at, **more
    )
    _keep(response, survey, given)
    response.interaction = Interaction.objects.create(
        kind=Interaction.Kind.SURVEY,
        direction=Interaction.Direction.IN,
        channel=survey.inbox.kind if survey.inbox and invitation else "survey",
        inbox=survey.inbox if invitation else None,
        contact=contact,
        external_id=f"survey:{invitation.pk}" if invitation else "",
        at=at,
        recorded_at=at,
        title=_title(survey, score),
        excerpt=excerpt(words_of(response)),
    )
    response.save(update_fields=["interaction"])
    return Answered(response, is_new=True, has_new_words=bool(words_of(response)))


def _change(response: Response, survey: Survey, given: Given, *, at: datetime) -> Answered:
    before, words_before = _all(response), words_of(response)
    score_before = response.score
    if given.score is not None:
        response.score = _score(survey, given.score)
    if given.comment is not None:
        response.comment = given.comment.strip()[:LONGEST_COMMENT]
    _keep(response, survey, given)
    if _all(response) == before:
        return Answered(response, score_before=score_before)
    is_altered = _is_altered(before, _all(response))
    response.gone_on_at = at
    if is_altered:
        response.changed_at = at
    response.save(update_fields=["score", "comment", "changed_at", "gone_on_at"])
    words = words_of(response)
    told = Interaction.objects.filter(survey_response=response)
    told.update(title=_title(survey, response.score), excerpt=excerpt(words))
    return Answered(
        response,
        is_changed=True,
        is_altered=is_altered,
        has_new_words=bool(words) and words != words_before,
        score_before=score_before,
    )


def _keep(response: Response, survey: Survey, given: Given) -> None:
    """Write the further answers down; what a changed mind does not lead to any more is taken away."""
    questions = logic.questions(survey)
    wanted = {one.pk: one for one in questions}
    for number, value in given.answers.items():
        if number not in wanted:
            raise ValueError(f"question {number}")
        logic.check(wanted[number], value)
        if value.is_empty:
            Answer.objects.filter(response=response, question_id=number).delete()
            continue
        kept = {"number": value.number, "chosen": list(value.chosen), "words": value.words[:LONGEST_COMMENT]}
        Answer.objects.update_or_create(response=response, question_id=number, defaults=kept)
    known = values(response)
    reached = {one.pk for one in logic.reached(questions, response.score, known)}
    Answer.objects.filter(response=response, question__archived_at=None).exclude(question_id__in=reached).delete()


def values(response: Response) -> dict[int, Value]:
    """Each further answer as it stands, by the number of its question."""
    return {
        one.question_id: Value(number=one.number, chosen=tuple(one.chosen), words=one.words)
        for one in response.answers.all().order_by("pk")
    }


def words_of(response: Response) -> str:
    """All that was said in own words."""
    texts = response.answers.filter(question__kind="text").order_by("question__place", "pk")
    return "\n".join(filter(None, [response.comment, *texts.values_list("words", flat=True)]))


def words_by_interaction(interaction_ids: Collection[int]) -> dict[int, str]:
    """The same of many answers at once; those that say nothing in own words are left out."""
    answers = Response.objects.filter(interaction__in=interaction_ids)
    said = {number: [comment] for number, comment in answers.values_list("interaction_id", "comment") if number}
    texts = Answer.objects.filter(response__interaction__in=said, question__kind="text")
    for number, words in texts.order_by("question__place", "pk").values_list("response__interaction_id", "words"):
        said[number].append(words)
    return {number: "\n".join(filter(None, words)) for number, words in said.items() if any(words)}


def _all(response: Response) -> tuple[int | None, str, dict[int, Value]]:
    return (response.score, response.comment, values(response))


def _is_altered(
    before: tuple[int | None, str, dict[int, Value]], now: tuple[int | None, str, dict[int, Value]]
) -> bool:
    """Whether something that was said is said otherwise now; what is only added is going on."""
    score, comment, known = before
    return score != now[0] or bool(comment and comment != now[1]) or any(now[2].get(key) != known[key] for key in known)


def _score(survey: Survey, score: int | None) -> int | None:
    if score is None or not survey.has_score:
        return None
    lowest, highest = survey.range
    if not lowest <= score <= highest:
        raise ValueError(score)
    return score


def _hold_quota(survey: Survey, *, at: datetime) -> None:
    """Two answers at once do not both take the last place."""
    if survey.most_answers is None and survey.most_in_period is None:
        return
    Survey.objects.select_for_update().filter(pk=survey.pk).first()
    if asking.is_full(survey, at=at):
        raise Full


def _title(survey: Survey, score: int | None) -> str:
    return survey.name if score is None else f"{score}/{survey.range[1]}"
