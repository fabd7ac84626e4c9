"""What the search page shows, as ready strings."""

from dataclasses import dataclass

from muhatap.search.highlighting import Piece


@dataclass(frozen=True, kw_only=True)
class Chip:
    """A filter that was understood; `without_url` is the same search without it."""

    text: str
    without_url: str


@dataclass(frozen=True, kw_only=True)
class Tab:
    label: str
    url: str
    is_here: bool


@dataclass(frozen=True, kw_only=True)
class FileLine:
    name: tuple[Piece, ...]
    size: str
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One conversation, and the words of the message that speaks for it. `url` leads to that very message."""

    url: str
    name: str
    initials: str
    title: tuple[Piece, ...]
    text: tuple[Piece, ...]
    who: str
    time: str
    time_iso: str
    channel_icon: str
    place: str
    status: str = ""
    assignee: str = ""
    is_note: bool = False
    language: str = ""
    files: tuple[FileLine, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PersonLine:
    url: str
    name: str
    initials: str
    detail: str
    company: str
    time: str
    time_iso: str


@dataclass(frozen=True, kw_only=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Results:
    """`trouble` stands instead of results; `older_url` asks for what lies before the best of the newest."""

    q: str
    tab: str
    tabs: tuple[Tab, ...] = ()
    chips: tuple[Chip, ...] = ()
    hints: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    people: tuple[PersonLine, ...] = ()
    companies: tuple[Link, ...] = ()
    suggestions: tuple[Link, ...] = ()
    said: str = ""
    older_url: str = ""
    trouble: str = ""
    previous_url: str = ""
    next_url: str = ""
    export_url: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.lines or self.people or self.companies)
