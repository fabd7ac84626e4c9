"""The shapes of the everyday API, as its OpenAPI description tells them: what all of them share, and who works here. What is sent refuses fields
it does not know.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field

from muhatap.accounts.api_keys import SCOPES
from muhatap.shared.text import without_nul

Number = Annotated[int, Field(ge=1, le=2**63 - 1)]
Line = Annotated[
    str, AfterValidator(str.strip), AfterValidator(without_nul)
]  # by Python's own idea of white space, as acts have it


def _of_our_time(moment: datetime) -> datetime:
    """Moments that every calendar on the way can hold."""
    if not 1970 <= moment.year <= 2200:
        raise ValueError(_("This is not in the expected form."))
    return moment


Moment = Annotated[
    AwareDatetime, AfterValidator(_of_our_time), Field(description="With its offset: 2026-11-21T14:32:00+03:00")
]
ScopeName = Literal[tuple(SCOPES)]  # type: ignore[valid-type]


class Sent(Schema):
    """What is sent: a field nobody knows is a mistake that somebody wants to hear of."""

    model_config = ConfigDict(extra="forbid")


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


class Tags(Schema):
    data: list[Tag]
    next: str | None


class Inboxes(Schema):
    data: list[Inbox]


class Teams(Schema):
    data: list[Team]


class StaffList(Schema):
    data: list[Staff]


Minutes = Annotated[int, Field(ge=0, le=60 * 24 * 365)]
Money = Annotated[Decimal, Field(ge=0, le=10**9, decimal_places=4)]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]


class Why(Sent):
    why: Annotated[Line, Field(min_length=1, max_length=500)]


class TagName(Sent):
    name: Annotated[Line, Field(min_length=1, max_length=60)]
