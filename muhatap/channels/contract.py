"""What every channel speaks: raw bytes become an Inbound, an Outbound is sent and answered by a Receipt."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol, runtime_checkable

InboundKind = Literal["message", "auto_reply", "bounce", "list", "receipt"]
Unit = Literal["characters", "graphemes", "bytes"]
Voice = Literal["private", "public", "elsewhere"]


@dataclass(frozen=True, kw_only=True)
class Address:
    """A mailbox as written in a header: display name and address."""

    email: str
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Who somebody says they are on one kind of identity; only a verified claim may recognise a contact."""

    kind: str
    value: str
    is_verified: bool
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class FileRef:
    """A file whose bytes lie in storage under their SHA-256; `content_id` joins it to an inline image."""

    name: str
    type: str
    size: int
    sha256: str
    content_id: str = ""
    is_inline: bool = False


@dataclass(frozen=True, kw_only=True)
class Bounce:
    """What a delivery report said of one of our messages. Only a permanent failure marks the identity."""

    message_id: str
    recipient: str
    is_permanent: bool
    status: str = ""
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Inbound:
    """One thing that came in, in our words. `external_id` is unique in its inbox."""

    kind: InboundKind
    external_id: str
    at: datetime
    sender: Claim
    claims: tuple[Claim, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    subject: str = ""
    text: str = ""
    reply_text: str = ""
    html: str = ""
    files: tuple[FileRef, ...] = ()
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    defects: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    bounce: Bounce | None = None
    continues: Literal["thread", "contact"] = (
        "thread"  # a chat goes on where this person's last one in the inbox stopped
    )
    public_url: str = ""  # where everybody can read it
    rating: int | None = None  # stars of five, where the place asks for them
    edited_at: datetime | None = None  # of a post whose author changed it
    is_erased: bool = False  # its author took it back: nothing of it is kept


@dataclass(frozen=True, kw_only=True)
class Quoted:
    """The message an answer answers, for channels that show it below the answer."""

    sender: Address
    at: datetime
    text: str = ""
    html: str = ""
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class Outbound:
    """One thing we say, ready to be put on the wire. `message_id` is fixed when it is queued, so that a retry is the same message."""

    message_id: str
    at: datetime
    sender: Address
    to: tuple[Address, ...]
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    subject: str = ""
    text: str = ""
    html: str = ""
    files: tuple[FileRef, ...] = ()
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    reply_token: str = ""
    quotes: Quoted | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """The provider's answer: accepted for delivery, refused for now, or refused for good.

    `refused` are the recipients it was not taken for, also when it was for others; `gone` those of them that do not exist.
    """

    state: Literal["accepted", "retry", "failed"]
    detail: str = ""
    provider_id: str = ""
    refused: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one answer on a channel may be. None or empty means that the channel sets no limit.

    `window` is how long after their last message one may still write freely; `inflation` is what encoding adds to files.
    `unit` is what `max_length` counts. `voice`: who reads an answer, or that none can be given from here.
    """

    min_length: int | None = None
    max_length: int | None = None
    unit: Unit = "characters"
    voice: Voice = "private"
    max_files: int | None = None
    max_file_bytes: int | None = None
    max_total_bytes: int | None = None
    file_endings: frozenset[str] = frozenset()
    window: timedelta | None = None
    inflation: float = 1.0

    def on_the_wire(self, n_bytes: int) -> int:
        """How large a file is once it is encoded."""
        return round(n_bytes * self.inflation)


class Untranslatable(Exception):
    """Raised by `Adapter.translate` when raw bytes cannot be understood; the message is the reason shown in quarantine."""


class Uncertain(Exception):
    """Raised by `Adapter.send` when the line broke after handing over began: whether the provider accepted cannot be known."""


class Adapter(Protocol):
    """One kind of channel. `translate` is pure but for storing files.

    `send` begins at `at`, and calls `on_handing` once, right before the provider may accept.
    """

    kind: str

    def translate(self, raw: bytes, meta: Mapping[str, Any]) -> Inbound: ...

    def limits(self, settings: Mapping[str, Any]) -> Limits: ...

    def send(
        self, outbound: Outbound, settings: Mapping[str, Any], on_handing: Callable[[], None], *, at: datetime
    ) -> Receipt: ...


@runtime_checkable
class Remembers(Protocol):
    """A channel whose far end can be asked what it took, so that a death in the middle of handing over leaves no doubt."""

    def was_taken(self, outbound: Outbound) -> bool: ...


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One thing that a look brought: raw bytes, and the key under which they are kept once (a changed post has a new one)."""

    key: str
    raw: bytes
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a look at a source brought, oldest first; `mark` says where the next one goes on, `wait` how long the source wants to be left alone."""

    heard: tuple[Heard, ...]
    mark: Mapping[str, Any]
    wait: timedelta | None = None


@runtime_checkable
class Listens(Protocol):
    """A channel that has to be asked for news. `every` is the pause between two looks, unless the inbox says otherwise."""

    every: timedelta

    def look(self, settings: Mapping[str, Any], mark: Mapping[str, Any]) -> Look: ...


@runtime_checkable
class Rechecks(Protocol):
    """A channel that can be asked what became of posts it brought: changed, or taken back by their authors."""

    def recheck(self, settings: Mapping[str, Any], ids: Sequence[str]) -> tuple[Heard, ...]: ...
