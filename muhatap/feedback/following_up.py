"""Closing the loop: who gave a low score and waits for a word from us, who spoke to them, and when it was solved."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.feedback.models import FollowUp, Response

DAY_S = 86_400
_OWED = Q(follow_up__isnull=False, contact__isnull=False)  # nobody can speak to somebody unknown
WORDS = {  # conditions on responses: how far the loop of each was closed
    "owed": _OWED,
    "waiting": _OWED & Q(follow_up__called_at=None),
    "called": _OWED & Q(follow_up__called_at__isnull=False),
    "solved": _OWED & Q(follow_up__solved_at__isnull=False),
}


class NotCalledYet(Exception):
    """Nothing is solved before somebody spoke to them."""


@dataclass(frozen=True, kw_only=True)
class Loop:
    """How many were owed a word, how many got one, how many are solved, and the days it took in the middle."""

    n_owed: int
    n_called: int
    n_solved: int
    days_to_word: float | None
    days_to_solved: float | None

    @property
    def n_waiting(self) -> int:
        return self.n_owed - self.n_called


@transaction.atomic
def owe(*, response: Response, at: datetime) -> FollowUp:
    """They wait for a word from us, once; the answer of somebody unknown waits for one of us to look at it."""
    return FollowUp.objects.get_or_create(response=response, defaults={"owed_at": at})[0]


@transaction.atomic
def tie(*, follow_up: FollowUp, case_number: int) -> None:
    """Remember the case in which it is worked on."""
    FollowUp.objects.filter(pk=follow_up.pk).update(case_number=case_number)


@transaction.atomic
def called(*, follow_up: FollowUp, note: str, by: User | None, at: datetime) -> bool:
    """Somebody spoke or wrote to them; or looked at the answer of somebody unknown, for whom no more can be done.
    False when that was noted before."""
    row = FollowUp.objects.select_for_update().get(pk=follow_up.pk)
    if row.called_at is not None:
        return False
    row.called_at, row.called_by, row.note = at, by, note.strip()[:500]
    if row.is_of_nobody:
        row.solved_at, row.solved_by = at, by
    row.save(update_fields=["called_at", "called_by", "note", "solved_at", "solved_by"])
    _record("survey.answer_seen" if row.is_of_nobody else "survey.called_back", row, by, at)
    return True


@transaction.atomic
def solved(*, follow_up: FollowUp, by: User | None, at: datetime) -> bool:
    """It is good again. False when that was noted before. Raises NotCalledYet."""
    row = FollowUp.objects.select_for_update().get(pk=follow_up.pk)
    if row.solved_at is not None:
        return False
    if row.called_at is None:
        raise NotCalledYet
    row.solved_at, row.solved_by = at, by
    row.save(update_fields=["solved_at", "solved_by"])
    _record("survey.solved", row, by, at)
    return True


@transaction.atomic
def undo(*, follow_up: FollowUp, by: User, at: datetime) -> None:
    """Take the last word back: solved becomes spoken to, spoken to becomes waiting, and so does what was looked at."""
    row = FollowUp.objects.select_for_update().get(pk=follow_up.pk)
    if row.solved_at is None or row.is_of_nobody:
        row.called_at, row.called_by, row.note = None, None, ""
    row.solved_at, row.solved_by = None, None
    row.save(update_fields=["solved_at", "solved_by", "called_at", "called_by", "note"])
    _record("survey.follow_up_undone", row, by, at)


def waiting() -> QuerySet[FollowUp]:
    """Who still waits for a word from us, and the answers that wait to be looked at; the longest first."""
    rows = FollowUp.objects.filter(called_at=None).select_related("response__survey", "response__contact")
    return rows.order_by("owed_at", "pk")


def open_ones() -> QuerySet[FollowUp]:
    """Who has had a word, and whose matter is not solved yet."""
    rows = FollowUp.objects.filter(called_at__isnull=False, solved_at=None)
    return rows.select_related("response__survey", "response__contact", "called_by").order_by("called_at", "pk")


def loop(responses: QuerySet[Response]) -> Loop:
    """How the loop was closed for these answers, of whoever we know."""
    known = FollowUp.objects.filter(response__in=responses.filter(_OWED).values("pk"))
    rows = list(known.values_list("owed_at", "called_at", "solved_at"))
    words = sorted((called - owed).total_seconds() / DAY_S for owed, called, _solved in rows if called)
    ends = sorted((solved - owed).total_seconds() / DAY_S for owed, _called, solved in rows if solved)
    return Loop(
        n_owed=len(rows),
        n_called=len(words),
        n_solved=len(ends),
        days_to_word=words[len(words) // 2] if words else None,
        days_to_solved=ends[len(ends) // 2] if ends else None,
    )


def _record(act: str, row: FollowUp, by: User | None, at: datetime) -> None:
    audit.record(by=by, at=at, act=act, kind="response", id=row.response_id, name=str(row.response.contact or ""))
