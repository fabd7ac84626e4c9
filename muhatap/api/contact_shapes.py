"""Contacts and their identities, as the API tells and takes them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

from muhatap.api.shapes import Line, Number, Sent

FieldKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
IdentityKind = Literal["email", "phone", "visitor", "shop"]


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


class Contacts(Schema):
    data: list[Contact]
    next: str | None


class Identities(Schema):
    data: list[Identity]


class Merged(Schema):
    merge_id: int
    contact: Contact


class ContactFacts(Sent):
    """Custom fields stand in `fields` under their key. An empty value takes the field's value away."""

    name: Annotated[Line, Field(max_length=200)] | None = None
    email: Annotated[Line, Field(max_length=320)] | None = None
    phone: Annotated[Line, Field(max_length=60)] | None = None
    city: Annotated[Line, Field(max_length=120)] | None = None
    language: Annotated[Line, Field(max_length=10)] | None = None
    company: Annotated[Line, Field(max_length=200)] | None = None
    fields: Annotated[dict[FieldKey, Annotated[Line, Field(max_length=2000)]], Field(max_length=100)] = {}


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
