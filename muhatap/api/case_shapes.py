"""Cases, their costs and causes, as the API tells and takes them."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from muhatap.api.shapes import Currency, Line, Moment, Money, Number, Sent

CaseKind = Literal["complaint", "request"]
CaseFilter = Literal["standing", "overdue", "nobodys", "waiting", "reopened", "resolved", "closed", "repeated"]
ResolutionKind = Literal["fixed", "replaced", "refunded", "explained", "apologised", "declined", "unfounded", "other"]


class Resolution(Schema):
    """What was done, as it stands; one that was taken back by opening the case again is not told."""

    kind: ResolutionKind
    what: str
    by_id: int | None
    at: datetime


GivenKind = Literal["refund", "voucher", "replacement", "goodwill"]


class Given(Schema):
    """What the customer was given for it. Money is exact text."""

    id: int
    kind: GivenKind
    amount: str
    currency: str
    note: str


class Case(Schema):
    """A complaint or request that outlives its conversation. Overdue is no state: it stands and `due_at` is over."""

    id: int
    url: str
    contact_id: int
    conversation_ids: list[int]
    title: str
    kind: CaseKind
    cause_id: int | None
    owner_id: int | None
    team_id: int | None
    origin: Literal["hand", "rule", "survey", "api"]
    state: Literal["open", "waiting", "reopened", "resolved", "closed"]
    opened_at: datetime
    opened_by_id: int | None
    due_at: datetime | None
    ended_at: datetime | None
    former_id: int | None
    order_number: str | None
    resolution: Resolution | None
    given: list[Given]


class Cases(Schema):
    data: list[Case]
    next: str | None


CostKind = Literal["prevention", "appraisal", "internal", "external"]


class Cost(Schema):
    """What quality, or its lack, took: time, money or both. Written once; what is taken back has a row against it (`reverses_id`).

    Money is exact text; that of time is an hour's pay, and null for whoever may not read costs. `source`: what it follows from.
    """

    id: int
    case_id: int | None
    kind: CostKind
    what: Literal["time", "refund", "shipping", "compensation", "promise", "other"]
    amount: str | None
    currency: str
    minutes: int | None
    note: str
    source: str
    reverses_id: int | None
    by_id: int | None
    at: datetime
    recorded_at: datetime


class Costs(Schema):
    data: list[Cost]
    next: str | None


class Cause(Schema):
    id: int
    parent_id: int | None
    name: str
    name_en: str
    is_archived: bool
    merged_into_id: int | None


class Causes(Schema):
    data: list[Cause]


class NewCase(Sent):
    """Of a contact, or in a conversation; the latter needs no title, and goes to whoever has the conversation. `order_number`: of
    an order of theirs, as the shop numbers it."""

    contact_id: Number | None = None
    conversation_id: Number | None = None
    title: Annotated[Line, Field(max_length=200)] = ""
    kind: CaseKind = "complaint"
    cause_id: Number | None = None
    owner_id: Number | None = None
    team_id: Number | None = None
    due_at: Moment | None = None
    order_number: Annotated[Line, Field(max_length=100)] | None = None


class CaseChanges(Sent):
    """Only what is given changes. Null takes it off: nobody, no team, no cause, no moment, no order, no former case."""

    title: Annotated[Line, Field(min_length=1, max_length=200)] = ""
    kind: CaseKind = "complaint"
    cause_id: Number | None = None
    owner_id: Number | None = None
    team_id: Number | None = None
    due_at: Moment | None = None
    order_number: Annotated[Line, Field(max_length=100)] | None = None
    former_id: Number | None = None


class OfConversation(Sent):
    conversation_id: Number


class NewGiven(Sent):
    """Something the customer is given, and what it is worth."""

    kind: GivenKind
    amount: Annotated[Money, Field(gt=0)]
    currency: Currency = "TRY"
    note: Annotated[Line, Field(max_length=300)] = ""


class CaseResolution(Sent):
    kind: ResolutionKind
    what: Annotated[Line, Field(min_length=1, max_length=1000)]
    given: NewGiven | None = None


class NewCost(Sent):
    """Minutes or money, not both. `at`: when it was; now without it. Without a case it is what no case had, such as training."""

    case_id: Number | None = None
    kind: CostKind = "external"
    what: Literal["shipping", "other"] = "other"
    minutes: Annotated[int, Field(ge=1, le=60 * 24 * 365)] | None = None
    amount: Annotated[Money, Field(gt=0)] | None = None
    currency: Currency = "TRY"
    at: Moment | None = None
    note: Annotated[Line, Field(max_length=300)] = ""
