"""Answers teach the weights: every night what people said corrects them, and stands only if it judges held-back answers no worse."""

from datetime import datetime

from django.db import transaction

from muhatap.accounts import audit
from muhatap.contacts import comparable
from muhatap.contacts.models import LearnedWeights
from muhatap.duplicates.models import Answer
from muhatap.matching import answering, comparing
from muhatap.matching.answering import Answered
from muhatap.matching.model import Model, starting

MOST = 20_000  # of the newest answers
_SAME = 1  # the level of names that are equal


@transaction.atomic
def learn(*, at: datetime) -> LearnedWeights | None:
    """New corrections, if there are new answers; none before there are enough."""
    base = starting()
    answers = _answers(base)
    of = answering.fingerprint(base)
    before = LearnedWeights.objects.filter(base=of).order_by("-id").first()
    if len(answers) < answering.FEWEST or (before and before.n_answers == len(answers)):
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
    if row.is_used:
        comparable.reread()
        losses = {"before": str(row.loss_before), "after": str(row.loss_after)}
        audit.record(by=None, at=at, act="weights.learned", kind="weights", id=row.pk, answers=row.n_answers, **losses)
    return row


def _answers(base: Model) -> list[Answered]:
    said = (Answer.Said.SAME, Answer.Said.DIFFERENT)
    rows = Answer.objects.filter(undone_at=None, code__isnull=False, said__in=said).order_by("-id")[:MOST]
    return [
        Answered(code=code, weight=_weight(code, base), is_same=what == Answer.Said.SAME)
        for code, what in rows.values_list("code", "said")
        if code is not None
    ]


def _weight(code: int, base: Model) -> float:
    """The bits of the base, whatever was in use when it was asked; names count as rare ones."""
    levels = comparing.levels_of(code)
    given, family = (
        base.rare.get(name, 0.0) if level == _SAME else 0.0
        for name, level in zip(("given", "family"), levels, strict=False)
    )
    return base.total(base.sums(levels), given, family)
