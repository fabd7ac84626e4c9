"""Conversations, messages and files, as the API tells and takes them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import AfterValidator, Field

from muhatap.api.contact_shapes import ContactFacts
from muhatap.api.shapes import Address, Line, Moment, Number, Person, Sent
from muhatap.shared.text import without_nul

LONGEST_TEXT = 100_000
MOST_FILES = 20
MOST_PEOPLE = 100
Body = Annotated[str, Field(max_length=LONGEST_TEXT), AfterValidator(without_nul)]
Sign = Annotated[bool, Field(description="Put the signature that fits under it, as the composer does.")]
StatusName = Literal["open", "waiting", "snoozed", "resolved", "spam"]
PriorityName = Literal["low", "normal", "high", "urgent"]


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


class Upload(Schema):
    """`id` goes into the `files` of a message within a day."""

    id: str
    name: str
    type: str
    size: int


class Conversations(Schema):
    data: list[Conversation]
    next: str | None


class Messages(Schema):
    data: list[Message]
    next: str | None


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
