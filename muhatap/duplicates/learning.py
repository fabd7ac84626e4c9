"""Answers teach the weights: every night what people said corrects them, and stands only if it judges held-back answers no worse."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from muhatap.accounts import audit
from muhatap.contacts import comparable
from muhatap.contacts.models import LearnedWeights
from muhatap.duplicates.models import Answer
from muhatap.matching import answering
from muhatap.matching.answering import Answered
from muhatap.matching.model import Model, starting

MOST = 20_000  # of the newest answers


@transaction.atomic
def learn(*, at: datetime) -> LearnedWeights | None:
    """New corrections, if there are new answers or some were taken back; none before there are enough.

    The newest row decides: where the answers no longer bear corrections, none are used.
    """
    base = starting()
    answers = _answers(base)
    of = answering.fingerprint(base)
    before = LearnedWeights.objects.filter(base=of).order_by("-id").first()
    if not (_is_news(before) if before else len(answers) >= answering.FEWEST):
        return None
    learned = answering.learn(answers)
    row = LearnedWeights.objects.create(
        bits=dict(learned.bits),
        base=of,
        n_answers=learned.n_answers,
        loss_before=learned.loss_before,
        loss_after=learned.loss_after,
        is_used=learned.is_better,
        at=at,
    )
    comparable.reread()
    if row.is_used:
        losses = {"before": str(row.loss_before), "after": str(row.loss_after)}
        audit.record(by=None, at=at, act="weights.learned", kind="weights", id=row.pk, answers=row.n_answers, **losses)
    return row


def _is_news(before: LearnedWeights) -> bool:
    return Answer.objects.filter(Q(at__gt=before.at) | Q(undone_at__gt=before.at)).exists()


def _answers(base: Model) -> list[Answered]:
    """Each with the bits of the base, whatever was in use when it was asked."""
    said = (Answer.Said.SAME, Answer.Said.DIFFERENT)
    standing = Answer.objects.filter(undone_at=None, said__in=said).exclude(merge__undone_at__isnull=False)
    rows = standing.exclude(levels={}).order_by("-id")[:MOST]
    return [
        Answered(levels=levels, weight=answering.weight(levels, base), is_same=what == Answer.Said.SAME)
        for levels, what in rows.values_list("levels", "said")
    ]
