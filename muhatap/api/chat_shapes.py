"""The shapes of what the widget sends and gets, as the OpenAPI description tells them."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import AfterValidator, Field, StringConstraints

from muhatap.shared.text import without_nul

LONGEST_TEXT = 5000
Cursor = Annotated[int, Field(ge=0, le=2**53)]
Line = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(without_nul)]
ClientId = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"),
    Field(description="A UUID the widget made. Repeating a message under the same id never doubles it."),
]
FileId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
Language = Literal["", "tr", "en"]


class Page(Schema):
    url: Annotated[Line, Field(max_length=4000)] = ""
    title: Annotated[Line, Field(max_length=1000)] = ""


class Start(Schema):
    inbox: Annotated[Line, Field(max_length=40, description="The public key of the chat inbox.")]
    token: Annotated[Line, Field(max_length=100, description="This browser's token, if it has one.")] = ""
    jwt: Annotated[Line, Field(max_length=8192, description="The signed identity of a logged-in customer.")] = ""
    page: Page = Page()
    lang: Language = ""


class Meet(Schema):
    """The signed customer of this page, for the tracker that stands on it too."""

    inbox: Annotated[Line, Field(max_length=40, description="The public key of the chat inbox.")]
    jwt: Annotated[Line, Field(max_length=8192, description="The signed identity of a logged-in customer.")]
    site: Annotated[Line, Field(max_length=60, description="The write key of the site.")]
    visitor: Annotated[Line, Field(min_length=1, max_length=200, description="What the tracker calls this browser.")]


class Ask(Schema):
    """Whether somebody wants to talk with this visitor of the site."""

    inbox: Annotated[Line, Field(max_length=40)]
    site: Annotated[Line, Field(max_length=60)]
    visitor: Annotated[Line, Field(min_length=1, max_length=200)]


class Invitation(Schema):
    text: str


class Say(Schema):
    id: ClientId
    text: Annotated[Line, Field(max_length=LONGEST_TEXT)] = ""
    files: Annotated[list[FileId], Field(max_length=10)] = []


class Introduce(Schema):
    name: Annotated[Line, Field(max_length=120)] = ""
    email: Annotated[Line, Field(max_length=320)] = ""


class Mark(Schema):
    delivered: Cursor = 0
    read: Cursor = 0


class File(Schema):
    name: str
    type: str
    size: int
    url: str


class KeptFile(Schema):
    id: str
    name: str
    type: str
    size: int


class Message(Schema):
    id: int
    key: str
    is_ours: bool
    author: str
    text: str
    files: list[File]
    at: datetime


class Rate(Schema):
    score: Annotated[int, Field(ge=0, le=10)]


class Rating(Schema):
    """The question after a resolution: a word for each score from the lowest on, what was chosen, and a page for more."""

    question: str
    words: list[str]
    lowest: int = 1
    score: int | None
    url: str
    more: str


class Seen(Schema):
    id: int
    name: str


class Messages(Schema):
    messages: list[Message]
    has_more: bool
    seen: Seen | None = None
    rating: Rating | None = None


class Asked(Schema):
    name: str
    email: str


class Look(Schema):
    """How the widget looks and what it asks, as set for this inbox."""

    firm: str
    greeting: str
    accent: str
    theme: str
    position: str
    privacy_url: str
    ask: Asked
    is_open: bool
    opens_at: datetime | None
    usual_minutes: int | None
    can_mail: bool
    invites: bool
    largest_file: int
    file_types: list[str]


class Visitor(Schema):
    name: str
    email: str
    is_signed: bool


class Session(Messages):
    token: str
    live: str
    lang: str
    look: Look
    visitor: Visitor


class Error(Schema):
    code: str
    message: str
    fields: dict[str, str]


class Wrong(Schema):
    error: Error
