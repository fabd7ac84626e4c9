"""Promises, as the API tells and takes them."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from muhatap.api.shapes import Currency, Line, Minutes, Moment, Money, Number, Sent

PromiseState = Literal["open", "overdue", "kept", "broken", "withdrawn"]
PromiseKind = Literal["delivery", "call", "answer", "refund", "replacement", "repair", "other"]


class Promise(Schema):
    """What was promised, until when. Overdue is no state: it is open and `due_at` is over. Money is exact text."""

    id: int
    url: str
    contact_id: int
    conversation_id: int | None
    message_id: int | None
    what: str
    words: str
    kind: PromiseKind
    state: Literal["open", "kept", "broken", "withdrawn"]
    by_id: int
    team_id: int | None
    made_at: datetime
    due_at: datetime
    first_due_at: datetime
    expected_minutes: int | None
    expected_cost: str | None
    currency: str
    ended_at: datetime | None
    ended_by_id: int | None
    minutes: int | None
    cost: str | None
    why: str


class Promises(Schema):
    data: list[Promise]
    next: str | None


class NewPromise(Sent):
    """To a contact, or to that of a conversation."""

    contact_id: Number | None = None
    conversation_id: Number | None = None
    what: Annotated[Line, Field(min_length=1, max_length=300)]
    due_at: Moment
    time_zone: Annotated[Line, Field(max_length=60)] = "Europe/Istanbul"
    kind: PromiseKind = "other"
    expected_minutes: Minutes | None = None
    expected_cost: Money | None = None
    currency: Currency = "TRY"


class PromiseEnd(Sent):
    """`why` is needed for one that was not kept. `ended_at`: when that was, now without it; neither in the future nor before
    it was promised.
    """

    outcome: Literal["kept", "broken", "withdrawn"]
    ended_at: Moment | None = None
    minutes: Minutes | None = None
    cost: Money | None = None
    why: Annotated[Line, Field(max_length=300)] = ""


class PromiseLater(Sent):
    due_at: Moment
    why: Annotated[Line, Field(min_length=1, max_length=300)]
