"""Parts several areas show: ready strings, so that templates decide nothing."""

from dataclasses import dataclass


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
    """One thing to go to or do. `label` is safe HTML with the found letters in <mark>; `method` "post" makes it an act."""

    label: str
    url: str
    icon: str = ""
    initials: str = ""
    detail: str = ""
    end: str = ""
    key: str = ""
    method: str = "get"


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
