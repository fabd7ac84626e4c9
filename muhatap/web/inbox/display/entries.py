"""The thread and what can stand in it."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.safestring import SafeString

from muhatap.web.common.display import Act


@dataclass(frozen=True, kw_only=True)
class File:
    """An attachment. `preview_url` (GET) only for pictures we serve safely."""

    name: str
    size: str
    url: str
    icon: str = "file"
    preview_url: str = ""
    SHAPE: ClassVar = ("icon",)


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What happened to a message, what was kept, what to do: failed, or unsure whether it went."""

    title: str
    text: str
    acts: tuple[Act, ...] = ()
    tone: str = "late"


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a letter and a bubble share. `why` tells why it was placed here, `why_acts` take it back (split, move)."""

    id: int
    name: str
    initials: str
    time: str
    time_iso: str
    is_ours: bool = False
    html: SafeString | str = ""
    text: str = ""
    language: str = ""
    files: tuple[File, ...] = ()
    why: str = ""
    why_acts: tuple[Act, ...] = ()
    state: str = ""
    state_icon: str = ""
    state_tone: str = ""
    acts: tuple[Act, ...] = ()
    trouble: Trouble | None = None
    reading: SafeString | str = ""
    SHAPE: ClassVar = ("state_icon", "channel_icon")


@dataclass(frozen=True, kw_only=True)
class Letter(Said):
    """An e-mail. Closed it is one line: name, `short`, time. `quoted_html` is what it quotes, `images_url` (GET) shows remote images."""

    address: str
    short: str
    to: str = ""
    subject: str = ""
    quoted_html: SafeString | str = ""
    images_url: str = ""
    defects: tuple[str, ...] = ()
    is_open: bool = True
    template: ClassVar[str] = "inbox/_message_letter.html"


@dataclass(frozen=True, kw_only=True)
class Bubble(Said):
    """A chat message or a post; `channel` ("Web sohbet") stands under it with its icon, `post_url` is where others read it."""

    channel: str
    channel_icon: str
    title: str = ""
    post_url: str = ""
    template: ClassVar[str] = "inbox/_message_bubble.html"


@dataclass(frozen=True, kw_only=True)
class Note:
    """Paper the customer never sees."""

    id: int
    name: str
    initials: str
    time: str
    time_iso: str
    html: SafeString | str
    files: tuple[File, ...] = ()
    template: ClassVar[str] = "inbox/_message_note.html"


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something done in the thread, told in one line, with the way back in it."""

    id: int
    text: str
    time: str
    time_iso: str
    icon: str = "info"
    acts: tuple[Act, ...] = ()
    SHAPE: ClassVar = ("icon",)
    template: ClassVar[str] = "inbox/_message_event.html"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A line across the thread: a day, or "Yeni" before what the reader has not seen."""

    id: str
    text: str
    is_new: bool = False
    template: ClassVar[str] = "inbox/_message_rule.html"


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """An answer to be sent later, below the thread. `held` says why it was not sent by itself; empty while it only waits."""

    id: str
    name: str
    html: SafeString | str
    when: str
    when_iso: str
    to: str
    files: tuple[str, ...] = ()
    held: str = ""
    send_label: str = ""
    send_url: str = ""
    edit_url: str = ""
    postpone_url: str = ""
    moments: tuple[Act, ...] = ()
    template: ClassVar[str] = "inbox/_message_waiting.html"


Entry = Letter | Bubble | Note | Event | Rule | Waiting


@dataclass(frozen=True, kw_only=True)
class Thread:
    """The entries. `reload_url` (GET) gives _thread.html again; `earlier_url` (GET) the entries before these as _entries.html."""

    conversation_id: int
    entries: tuple[Entry, ...]
    newest_id: int = 0
    reload_url: str
    live: str = ""
    earlier_url: str = ""
    earlier_label: str = ""
