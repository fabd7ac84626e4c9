"""One page of a survey as a customer fills it in: its fields, what was typed, and what is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from muhatap.feedback import answering, logic, wording
from muhatap.feedback.answering import Given
from muhatap.feedback.logic import Value
from muhatap.feedback.models import RANGES, Question, Response, Survey
from muhatap.shared.text import without_nul

SCORE, COMMENT = "score", "comment"
FACES = {1: "angry", 2: "frown", 3: "meh", 4: "smile", 5: "laugh"}
NOTHING = Value()
Typed = Mapping[str, Sequence[str]]  # each field's values, as a form sends them


@dataclass(frozen=True, kw_only=True)
class Choice:
    value: str
    word: str
    icon: str = ""
    is_chosen: bool = False


@dataclass(frozen=True, kw_only=True)
class Field:
    """One question on the page. `kind`: numbers, faces, choice, choices or text."""

    name: str
    kind: str
    label: str
    is_required: bool = False
    choices: tuple[Choice, ...] = ()
    low: str = ""
    high: str = ""
    text: str = ""
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The fields of one page, whether it is the last, and what of it was given."""

    step: int
    fields: tuple[Field, ...]
    n_pages: int
    given: Given = field(default_factory=Given)

    @property
    def is_whole(self) -> bool:
        return not any(one.error for one in self.fields)

    @property
    def has_score(self) -> bool:
        return bool(self.fields) and self.fields[0].name == SCORE

    @property
    def is_last(self) -> bool:
        return self.step == self.n_pages


def opened(survey: Survey, response: Response | None, step: int, *, pressed: str = "") -> Sheet:
    """A page with what was answered before; `pressed` is the score that was chosen in the mail."""
    known = answering.values(response) if response else {}
    score = response.score if response else None
    if pressed in {str(one) for one in wording.choices(survey)}:
        score = int(pressed)
    comment = response.comment if response else ""
    return _sheet(survey, step, score=score, comment=comment, known=known, is_new=response is None)


def filled(survey: Survey, response: Response | None, step: int, typed: Typed) -> Sheet:
    """The page as it was sent, with what is missing or too long said at its field."""
    known = answering.values(response) if response else {}
    stood = response.score if response else None
    ours = {str(one): one for one in wording.choices(survey)}
    score = ours.get(_first(typed, SCORE))
    sheet = _sheet(survey, step, score=stood, comment="", known=known, is_new=response is None)
    questions = {f"q{one.pk}": one for one in logic.questions(survey)}
    comment: str | None = None
    answers: dict[int, Value] = {}
    fields = []
    for one in sheet.fields:
        if one.name == SCORE:
            error = "" if score is not None else _missing(survey)
            fields.append(replace(_chosen(one, {str(score)}), error=error))
        elif one.name == COMMENT:
            comment = _words(typed, COMMENT)
            fields.append(replace(one, text=comment, error=_too_long(comment)))
        else:
            told, value, error = _read(one, questions[one.name], typed)
            answers[questions[one.name].pk] = value
            fields.append(replace(told, error=error))
    given = Given(score=score if sheet.has_score else None, comment=comment, answers=answers)
    return replace(sheet, fields=tuple(fields), given=given)


def next_step(survey: Survey, response: Response, step: int) -> int | None:
    """The next page that has anything to ask; None when it was the last."""
    pages = logic.pages(survey, logic.questions(survey))
    return next((n for n in range(step + 1, len(pages) + 1) if opened(survey, response, n).fields), None)


def _sheet(
    survey: Survey, step: int, *, score: int | None, comment: str, known: Mapping[int, Value], is_new: bool
) -> Sheet:
    questions = logic.questions(survey)
    pages = logic.pages(survey, questions)
    step = min(max(step, 1), 1 if is_new else len(pages))
    reached = {one.pk for one in logic.reached(questions, score, known)}
    fields: list[Field] = [score_field(survey, score)] if step == 1 and survey.has_score else []
    fields += [question_field(one, known.get(one.pk, Value())) for one in pages[step - 1] if one.pk in reached]
    if step == len(pages) and survey.asks_comment:
        fields.append(Field(name=COMMENT, kind="text", label=wording.comment(survey), text=comment))
    return Sheet(step=step, fields=tuple(fields), n_pages=len(pages))


def score_field(survey: Survey, score: int | None = None) -> Field:
    """The score as it is asked."""
    words = wording.choices(survey)
    has_faces = survey.kind == Survey.Kind.CSAT and survey.scale == Survey.Scale.FACES
    low, high = wording.ends(survey.kind)
    return Field(
        name=SCORE,
        kind="faces" if has_faces else "numbers",
        label=wording.question(survey),
        is_required=True,
        choices=tuple(
            Choice(value=str(one), word=word, icon=FACES[one] if has_faces else "", is_chosen=one == score)
            for one, word in words.items()
        ),
        low="" if has_faces else low,
        high="" if has_faces else high,
    )


def question_field(question: Question, value: Value = NOTHING) -> Field:
    """A further question as it is asked."""
    named: dict[str, Any] = {"name": f"q{question.pk}", "label": wording.asked(question)}
    named["is_required"] = question.is_required
    if question.kind == Question.Kind.TEXT:
        return Field(kind="text", text=value.words, **named)
    if question.kind in RANGES:
        lowest, highest = RANGES[question.kind]
        low, high = wording.ends(question.kind)
        choices = tuple(
            Choice(value=str(one), word=str(one), is_chosen=one == value.number) for one in range(lowest, highest + 1)
        )
        return Field(kind="numbers", choices=choices, low=low, high=high, **named)
    words = wording.options(question).items()
    choices = tuple(Choice(value=key, word=word, is_chosen=key in value.chosen) for key, word in words)
    return Field(kind=question.kind, choices=choices, **named)


def renamed(field: Field, name: str) -> Field:
    return replace(field, name=name)


def _read(field: Field, question: Question, typed: Typed) -> tuple[Field, Value, str]:
    """The field as it was sent, its value, and what is wrong with it."""
    if field.kind == "text":
        words = _words(typed, field.name)
        missing = _("A word is needed here.") if field.is_required and not words.strip() else ""
        return replace(field, text=words), Value(words=words.strip()), _too_long(words) or missing
    sent = {without_nul(one) for one in list(typed.get(field.name, ()))[:50]} & {one.value for one in field.choices}
    if not sent and field.is_required:
        return _chosen(field, set()), Value(), _("Choose one of these.")
    if field.kind == "numbers":
        return _chosen(field, sent), Value(number=int(min(sent)) if sent else None), ""
    chosen = tuple(one.value for one in field.choices if one.value in sent)
    if field.kind == "choice":
        chosen = chosen[:1]
    return _chosen(field, set(chosen)), Value(chosen=chosen), ""


def _first(typed: Typed, name: str) -> str:
    return next(iter(typed.get(name, ())), "")


def _words(typed: Typed, name: str) -> str:
    """A text as it was typed: forms send the end of a line as two characters, and nobody typed two."""
    return without_nul(_first(typed, name)).replace("\r\n", "\n")


def _chosen(field: Field, values: set[str]) -> Field:
    return replace(field, choices=tuple(replace(one, is_chosen=one.value in values) for one in field.choices))


def _missing(survey: Survey) -> str:
    if survey.kind == Survey.Kind.CSAT:
        return _("Choose one of the five.")
    return _("Choose one of these.")


def _too_long(words: str) -> str:
    if len(words) <= answering.LONGEST_COMMENT:
        return ""
    return _("This is longer than we can keep: at most 2,000 characters.")
