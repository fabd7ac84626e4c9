"""The shapes of the everyday API, as its OpenAPI description tells them. What is sent refuses fields it does not know."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, StringConstraints

from muhatap.accounts.api_keys import SCOPES
from muhatap.shared.text import without_nul

LONGEST_TEXT = 100_000
MOST_FILES = 20
MOST_PEOPLE = 100
Number = Annotated[int, Field(ge=1, le=2**63 - 1)]
Line = Annotated[
    str, AfterValidator(str.strip), AfterValidator(without_nul)
]  # by Python's own idea of white space, as acts have it
Body = Annotated[str, Field(max_length=LONGEST_TEXT), AfterValidator(without_nul)]


def _of_our_time(moment: datetime) -> datetime:
    """Moments that every calendar on the way can hold."""
    if not 1970 <= moment.year <= 2200:
        raise ValueError(_("This is not in the expected form."))
    return moment


Sign = Annotated[bool, Field(description="Put the signature that fits under it, as the composer does.")]
Moment = Annotated[
    AwareDatetime, AfterValidator(_of_our_time), Field(description="With its offset: 2026-11-21T14:32:00+03:00")
]
FieldKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
StatusName = Literal["open", "waiting", "snoozed", "resolved", "spam"]
PriorityName = Literal["low", "normal", "high", "urgent"]
IdentityKind = Literal["email", "phone", "visitor", "shop"]
ScopeName = Literal[tuple(SCOPES)]  # type: ignore[valid-type]


class Sent(Schema):
    """What is sent: a field nobody knows is a mistake that somebody wants to hear of."""

    model_config = ConfigDict(extra="forbid")


# --- what is answered


class Wrong(Schema):
    """`pointer` is where: #/to/0/email in the body, ?cursor in the query, /number in the path."""

    pointer: str
    detail: str


class Problem(Schema):
    """RFC 9457. `detail` is a sentence in the language of the user the key acts as; `code` stays the same."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[Wrong] = []


class Person(Schema):
    id: int
    name: str
    email: str


class Address(Schema):
    name: str
    email: str


class File(Schema):
    id: int
    name: str
    type: str
    size: int
    is_inline: bool


class Conversation(Schema):
    """Times are UTC. `waiting_since`: since when the customer waits for us, null when it is their turn."""

    id: int
    url: str
    status: StatusName
    priority: PriorityName
    subject: str
    inbox_id: int
    contact: Person
    assignee_id: int | None
    team_id: int | None
    tags: list[str]
    created_at: datetime
    last_message_at: datetime
    waiting_since: datetime | None
    next_deadline_at: datetime | None
    snoozed_until: datetime | None
    merged_into_id: int | None


class ReadingReason(Schema):
    """Words that decided an answer; `sign` names what they are known to tell, "learned" those of messages somebody corrected,
    "named" those that say or mean what the topic's name does."""

    about: str
    words: str
    sign: str


class Reading(Schema):
    """What a message says. `unsure` names the answers that should be asked; an answer somebody gave has confidence 1."""

    kind: Literal["complaint", "request", "question", "praise", "other"]
    urgency: Literal["urgent", "normal"]
    sentiment: Literal["positive", "neutral", "negative"]
    language: str
    topic: str | None
    confidences: dict[str, float]
    unsure: list[str]
    reasons: list[ReadingReason]
    model: str
    corrected_at: datetime | None


class Message(Schema):
    """`sending` tells how far our answer came: queued, cancelled, handing, uncertain, accepted, delivered, read, failed, bounced."""

    id: int
    conversation_id: int
    kind: Literal["inbound", "outbound", "note", "event"]
    is_automatic: bool
    by_id: int | None
    contact_id: int | None
    at: datetime
    recorded_at: datetime
    sender: Address
    to: list[Address]
    cc: list[Address]
    bcc: list[Address]
    subject: str
    text: str
    reply_text: str
    html: str
    files: list[File]
    sending: str
    reading: Reading | None
    event: str
    event_details: dict[str, Any]


class Contact(Schema):
    id: int
    url: str
    name: str
    email: str
    phone: str
    city: str
    language: str
    company: str
    fields: dict[str, Any]
    tags: list[str]
    created_at: datetime
    last_seen_at: datetime
    merged_into_id: int | None


class Reason(Schema):
    """`because`: same_email, similar_email, same_phone, name (alike) or match (the records are alike, `weight` in bits)."""

    because: str
    detail: str
    weight: float | None


class LikelyContact(Schema):
    id: int
    url: str
    name: str
    reasons: list[Reason]


class NewContact(Contact):
    """`likely` are contacts that may be the same person, the likeliest first."""

    likely: list[LikelyContact]


class Identity(Schema):
    id: int
    kind: str
    value: str
    is_verified: bool
    verified_by: str
    source: str
    first_seen_at: datetime
    last_seen_at: datetime
    bounced_at: datetime | None


class Tag(Schema):
    id: int
    name: str


class Inbox(Schema):
    id: int
    name: str
    kind: str
    address: str
    team_id: int | None
    is_enabled: bool


class Team(Schema):
    id: int
    name: str
    member_ids: list[int]


class Staff(Schema):
    id: int
    name: str
    email: str
    role: str
    is_active: bool


class Me(Schema):
    """Whom this key acts as, and what it was given."""

    id: int
    name: str
    email: str
    role: str
    visibility: str
    key: str
    scopes: list[str]
    expires_at: datetime | None


class Upload(Schema):
    """`id` goes into the `files` of a message within a day."""

    id: str
    name: str
    type: str
    size: int


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


CaseKind = Literal["complaint", "request"]
CaseFilter = Literal["standing", "overdue", "nobodys", "waiting", "reopened", "resolved", "closed", "repeated"]
ResolutionKind = Literal["fixed", "replaced", "refunded", "explained", "apologised", "declined", "unfounded", "other"]
SurveyKind = Literal["nps", "csat", "ces", "own"]


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


class Conversations(Schema):
    data: list[Conversation]
    next: str | None


class Messages(Schema):
    data: list[Message]
    next: str | None


class Contacts(Schema):
    data: list[Contact]
    next: str | None


class Identities(Schema):
    data: list[Identity]


class Tags(Schema):
    data: list[Tag]
    next: str | None


class Inboxes(Schema):
    data: list[Inbox]


class Teams(Schema):
    data: list[Team]


class StaffList(Schema):
    data: list[Staff]


class Merged(Schema):
    merge_id: int
    contact: Contact


# --- what is sent


class To(Sent):
    email: Annotated[Line, Field(min_length=3, max_length=320)]
    name: Annotated[Line, Field(max_length=200)] = ""


Uploads = Annotated[list[Annotated[str, Field(max_length=2000)]], Field(max_length=MOST_FILES)]
People = Annotated[list[To], Field(max_length=MOST_PEOPLE)]


class NewMessage(Sent):
    """Give `html` or `text`. Without `to`, a reply goes to whoever wrote last, with everybody else of that mail in `cc`."""

    kind: Literal["reply", "note"] = "reply"
    text: Body = ""
    html: Body = ""
    to: People = []
    cc: People = []
    bcc: People = []
    files: Uploads = []
    seen_message_id: Annotated[
        Number | None, Field(description="The newest message you know. Refused (409) when the customer wrote after it.")
    ] = None
    resolve: bool = False
    sign: Sign = True


Score = Annotated[int, Field(ge=0, le=10)]
Minutes = Annotated[int, Field(ge=0, le=60 * 24 * 365)]
Money = Annotated[Decimal, Field(ge=0, le=10**9, decimal_places=4)]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]


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
    """`why` is needed for one that was not kept."""

    outcome: Literal["kept", "broken", "withdrawn"]
    minutes: Minutes | None = None
    cost: Money | None = None
    why: Annotated[Line, Field(max_length=300)] = ""


class PromiseLater(Sent):
    due_at: Moment
    why: Annotated[Line, Field(min_length=1, max_length=300)]


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


class Word(Sent):
    """What was said."""

    note: Annotated[Line, Field(max_length=500)] = ""


class Why(Sent):
    why: Annotated[Line, Field(min_length=1, max_length=500)]


class ContactFacts(Sent):
    """Custom fields stand in `fields` under their key. An empty value takes the field's value away."""

    name: Annotated[Line, Field(max_length=200)] | None = None
    email: Annotated[Line, Field(max_length=320)] | None = None
    phone: Annotated[Line, Field(max_length=60)] | None = None
    city: Annotated[Line, Field(max_length=120)] | None = None
    language: Annotated[Line, Field(max_length=10)] | None = None
    company: Annotated[Line, Field(max_length=200)] | None = None
    fields: Annotated[dict[FieldKey, Annotated[Line, Field(max_length=2000)]], Field(max_length=100)] = {}


class NewConversation(Sent):
    """The first mail of a new conversation: to a contact that is there (scope contacts:read), or to one described here, who
    is added when unknown (scope contacts:write)."""

    inbox_id: Number
    contact_id: Number | None = None
    contact: ContactFacts | None = None
    subject: Annotated[Line, Field(min_length=1, max_length=300)]
    text: Body = ""
    html: Body = ""
    to: People = []
    cc: People = []
    bcc: People = []
    files: Uploads = []
    sign: Sign = True


class Changes(Sent):
    """Only what is given changes. `assignee_id` and `team_id` null: nobody, none. `subject` is what it is called here; the
    customer's mails keep theirs."""

    subject: Annotated[Line, Field(min_length=1, max_length=300)] | None = None
    status: Literal["open", "resolved", "spam"] | None = None
    priority: PriorityName | None = None
    assignee_id: Number | None = None
    team_id: Number | None = None


class Assignment(Sent):
    assignee_id: Number | None = None
    team_id: Number | None = None


class Sleep(Sent):
    until: Moment


class TagName(Sent):
    name: Annotated[Line, Field(min_length=1, max_length=60)]


class NewIdentity(Sent):
    """`is_verified`: you know that it is theirs; from then on it recognises the contact. Of a `national` one (a T.C. identity number)
    only a print is kept."""

    kind: Literal["email", "phone", "national"]
    value: Annotated[Line, Field(min_length=1, max_length=320)]
    is_verified: bool = False


class Drop(Sent):
    """The contact that becomes part of the one in the address."""

    drop_id: Number
    reason: Annotated[Line, Field(max_length=200)] = ""
