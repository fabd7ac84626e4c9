"""Parts several areas show: ready strings, so that templates decide nothing."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class ViewLink:
    """One view in the navigation. `topic` names what makes its count change. `tone` is empty, "soon" or "late"."""

    label: str
    url: str
    icon: str
    count: str = ""
    tone: str = ""
    key: str = ""
    is_here: bool = False
    SHAPE: ClassVar = ("icon", "tone")


@dataclass(frozen=True, kw_only=True)
class ViewGroup:
    title: str
    links: tuple[ViewLink, ...]


@dataclass(frozen=True, kw_only=True)
class Toast:
    """What was just done, and for how many seconds it can be taken back. `undo_url` receives a POST."""

    text: str
    icon: str = "check"
    undo_url: str = ""
    undo_label: str = ""
    seconds: int = 0


@dataclass(frozen=True, kw_only=True)
class Work:
    """A long job as the reader sees it: how far, what it did so far, and where to stop it."""

    name: str
    done: int
    total: int
    figures: str
    said: str
    stop_url: str = ""
    is_over: bool = False


@dataclass(frozen=True, kw_only=True)
class PaletteItem:
    """One thing to go to or do. `label` is safe HTML with the found letters in <mark>; `method` "post" makes it an act.

    `presses` is a button of the page one is on; without it there the palette leaves the item out.
    """

    label: str
    url: str
    icon: str = ""
    initials: str = ""
    detail: str = ""
    end: str = ""
    key: str = ""
    method: str = "get"
    presses: str = ""


@dataclass(frozen=True, kw_only=True)
class PaletteGroup:
    title: str
    items: tuple[PaletteItem, ...]


@dataclass(frozen=True, kw_only=True)
class Pages:
    """Paging by key: a page knows only what is before and after it, never how many there are."""

    previous_url: str = ""
    next_url: str = ""
    said: str = ""


@dataclass(frozen=True, kw_only=True)
class Act:
    """One thing to do from a menu or a line: POST to `url`, or go there when `is_link`. `tone` "late" for what destroys."""

    label: str
    url: str
    icon: str = ""
    tone: str = ""
    detail: str = ""
    is_link: bool = False
    is_here: bool = False
    SHAPE: ClassVar = ("icon",)


@dataclass(frozen=True, kw_only=True)
class TagChip:
    """`remove_url` receives a POST; empty when the reader may not take it off."""

    name: str
    remove_url: str = ""


@dataclass(frozen=True, kw_only=True)
class IdentityLine:
    """One address or handle and why we believe it. `trouble` says what is wrong with it: "Adrese ulaşılamıyor"."""

    icon: str
    text: str
    why: str = ""
    is_verified: bool = False
    trouble: str = ""
    SHAPE: ClassVar = ("icon",)


@dataclass(frozen=True, kw_only=True)
class ProfileLine:
    """One field of the profile, its value, and where the value came from; `points` draw how it moved, `tone` is "" or "soon"."""

    label: str
    value: str
    source: str = ""
    points: str = ""
    tone: str = ""


@dataclass(frozen=True, kw_only=True)
class NoteLine:
    id: int
    text: str
    by: str
    time: str
    time_iso: str = ""
    remove_url: str = ""


@dataclass(frozen=True, kw_only=True)
class TimelineRow:
    """One thing that happened. `what` is the sentence's heavy part, `detail` the rest of it, `text` the words of the customer in `language`."""

    id: str
    icon: str
    what: str
    time: str
    time_iso: str
    detail: str = ""
    text: str = ""
    language: str = ""
    url: str = ""
    tone: str = ""
    channel: str = ""
    SHAPE: ClassVar = ("icon",)


@dataclass(frozen=True, kw_only=True)
class TimelineDay:
    title: str
    rows: tuple[TimelineRow, ...]
