"""Surveys, responses and low scores that wait for a word, as the API tells and takes them."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from muhatap.api.shapes import Line, Sent

SurveyKind = Literal["nps", "csat", "ces", "own"]


class Option(Schema):
    key: str
    tr: str
    en: str


class SurveyQuestion(Schema):
    """Asked of everybody, or only after the score (`after_id` null) or an answer between `least` and `most`, or this `option`."""

    id: int
    kind: Literal["choice", "choices", "text", "nps", "csat", "ces"]
    text_tr: str
    text_en: str
    options: list[Option]
    is_required: bool
    after_id: int | None
    least: int | None
    most: int | None
    option: str
    is_archived: bool


class Survey(Schema):
    """`lowest` and `highest` score, null for own questions without one; up to `low_up_to` a case is opened."""

    id: int
    url: str
    name: str
    kind: SurveyKind
    occasion: Literal["resolved", "delivered", "none"]
    inbox_id: int | None
    team_id: int | None
    is_on: bool
    is_archived: bool
    lowest: int | None
    highest: int | None
    low_up_to: int | None
    questions: list[SurveyQuestion]


class Surveys(Schema):
    data: list[Survey]
    next: str | None


class SurveyAnswer(Schema):
    """To one further question: a number, the keys of options, or words."""

    question_id: int
    number: int | None
    chosen: list[str]
    words: str


class Response(Schema):
    """`contact_id` is null for whoever answered without being known. `case_id`: the case that its low score opened."""

    id: int
    survey_id: int
    contact_id: int | None
    conversation_id: int | None
    case_id: int | None
    way: Literal["", "mail", "chat", "link", "qr", "page"]
    language: str
    score: int | None
    comment: str
    answers: list[SurveyAnswer]
    at: datetime
    changed_at: datetime | None


class Responses(Schema):
    data: list[Response]
    next: str | None


class FollowUp(Schema):
    """Somebody gave a low score and waits for a word from us (`called_at` null), or had it and waits to see it solved."""

    id: int
    response_id: int
    survey_id: int | None
    contact_id: int | None
    case_id: int | None
    score: int | None
    comment: str
    owed_at: datetime
    called_at: datetime | None
    called_by_id: int | None
    note: str
    solved_at: datetime | None
    solved_by_id: int | None


class FollowUps(Schema):
    data: list[FollowUp]
    next: str | None


Score = Annotated[int, Field(ge=0, le=10)]


class Word(Sent):
    """What was said."""

    note: Annotated[Line, Field(max_length=500)] = ""
