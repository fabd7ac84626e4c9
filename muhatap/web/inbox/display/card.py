"""The customer beside a conversation."""

from dataclasses import dataclass
from typing import ClassVar

from muhatap.web.common.display import IdentityLine, NoteLine, ProfileLine, TagChip, TimelineRow


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """Somebody to assign to or to call with @."""

    name: str
    initials: str
    url: str = ""
    is_here: bool = False
    is_team: bool = False
    id: int = 0


@dataclass(frozen=True, kw_only=True)
class Participant:
    """Somebody who takes part: the contact, a colleague, or somebody copied in. `remove_url` only for followers."""

    name: str
    role: str
    detail: str = ""
    initials: str = ""
    is_staff: bool = False
    remove_url: str = ""


@dataclass(frozen=True, kw_only=True)
class OwnField:
    """A field of the firm's own on the conversation. `kind` is "choice" or the kind of text; `value` as one types it."""

    key: str
    label: str
    kind: str
    value: str = ""
    shown: str = ""
    choices: tuple[str, ...] = ()
    example: str = ""
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class OtherConversation:
    """Another conversation with the same contact."""

    url: str
    subject: str
    time: str
    channel_icon: str
    status: str = ""
    SHAPE: ClassVar = ("channel_icon",)


@dataclass(frozen=True, kw_only=True)
class Card:
    """The customer at the right: who, why we think so, what we know, what happened. An empty section says so in one line."""

    contact_id: int
    name: str
    initials: str
    url: str
    where: str = ""
    sureness: str = ""
    sureness_icon: str = "shield-check"
    identities: tuple[IdentityLine, ...] = ()
    profile: tuple[ProfileLine, ...] = ()
    tags: tuple[TagChip, ...] = ()
    others: tuple[OtherConversation, ...] = ()
    participants: tuple[Participant, ...] = ()
    follow_url: str = ""
    follow_label: str = ""
    is_following: bool = False
    followers_url: str = ""
    fields: tuple[OwnField, ...] = ()
    fields_url: str = ""
    notes: tuple[NoteLine, ...] = ()
    note_url: str = ""
    promises_url: str = ""
    cases_url: str = ""
    orders_url: str = ""
    timeline: tuple[TimelineRow, ...] = ()
    live: str = ""
    reload_url: str = ""
