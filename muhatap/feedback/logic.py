"""Which further question comes when: each is asked of everybody, or after a certain score or answer before it.

A condition only looks back, so there is no circle and no dead end: whoever changes an answer is led on anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from muhatap.feedback.models import RANGES, Question, Survey


class Nonsense(ValueError):
    """An answer that this question does not take."""


@dataclass(frozen=True, kw_only=True)
class Value:
    """One answer: a number, what was chosen, or words."""

    number: int | None = None
    chosen: tuple[str, ...] = ()
    words: str = ""

    @property
    def is_empty(self) -> bool:
        return self.number is None and not self.chosen and not self.words.strip()


def questions(survey: Survey) -> list[Question]:
    """The further questions in their order."""
    return list(survey.questions.filter(archived_at=None).order_by("place", "pk"))


def is_reached(question: Question, score: int | None, known: Mapping[int, Value]) -> bool:
    """Whether what was answered so far leads to this question."""
    if not question.has_condition:
        return True
    value = known.get(question.after_id) if question.after_id else Value(number=score)
    if value is None:
        return False
    if question.option:
        return question.option in value.chosen
    if value.number is None:
        return False
    return (question.least is None or value.number >= question.least) and (
        question.most is None or value.number <= question.most
    )


def reached(questions: Sequence[Question], score: int | None, known: Mapping[int, Value]) -> list[Question]:
    """The questions that these answers lead to; what hangs on one that is not reached is not reached either."""
    found: list[Question] = []
    standing: dict[int, Value] = {}
    for one in questions:
        if is_reached(one, score, standing):
            found.append(one)
            if one.pk in known:
                standing[one.pk] = known[one.pk]
    return found


def pages(survey: Survey, questions: Sequence[Question]) -> list[list[Question]]:
    """The questions as pages: a new one begins where a question hangs on an answer of the page before it.

    The score stands on the first page, the word on the last.
    """
    found: list[list[Question]] = [[]]
    here: set[int | None] = {None} if survey.has_score else set()  # None stands for the score
    for one in questions:
        if one.has_condition and one.after_id in here:
            found.append([])
            here = set()
        found[-1].append(one)
        here.add(one.pk)
    return found


def check(question: Question, value: Value) -> None:
    """Raises Nonsense for what this question does not take; an empty answer is none."""
    if value.is_empty:
        return
    if question.kind in RANGES:
        lowest, highest = RANGES[question.kind]
        if value.number is None or not lowest <= value.number <= highest:
            raise Nonsense(value.number)
    elif question.kind == Question.Kind.TEXT:
        if not value.words or value.chosen or value.number is not None:
            raise Nonsense(value)
    else:
        keys = {str(one["key"]) for one in question.options}
        if not set(value.chosen) <= keys or (question.kind == Question.Kind.CHOICE and len(value.chosen) != 1):
            raise Nonsense(value.chosen)
