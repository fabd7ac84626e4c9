"""The list: its rows, its groups, what stands above them."""

from dataclasses import dataclass
from typing import ClassVar

from muhatap.web.common.display import Act
from muhatap.web.common.first_steps import Step


@dataclass(frozen=True, kw_only=True)
class Row:
    """A conversation in the list: three lines, always. `deadline_state` is "", "soon" or "late", `priority` "", "high" or "urgent".

    `chooses` gives it a box.
    """

    id: int
    url: str
    name: str
    initials: str
    time: str
    time_iso: str
    line: str
    channel_icon: str
    place: str
    line_prefix: str = ""
    language: str = ""
    is_draft: bool = False
    is_scheduled: bool = False
    is_unread: bool = False
    is_selected: bool = False
    priority: str = ""
    priority_word: str = ""
    deadline: str = ""
    deadline_state: str = ""
    deadline_iso: str = ""
    deadline_soon_iso: str = ""
    chooses: bool = False
    SHAPE: ClassVar = ("channel_icon", "priority", "deadline_state")


@dataclass(frozen=True, kw_only=True)
class RowGroup:
    """Rows under one deadline. `key` is stable ("late", "today", "theirs"), the title is what people read.

    One that goes on from the page before (`is_continued`) shows no head again.
    """

    key: str
    title: str
    count: str
    rows: tuple[Row, ...]
    tone: str = ""
    is_continued: bool = False


@dataclass(frozen=True)
class Choice:
    """A button of the bar that says what to do: its value, what stands on it, and an icon."""

    value: str
    label: str
    icon: str = ""
    SHAPE: ClassVar = ("icon",)


@dataclass(frozen=True, kw_only=True)
class BulkBar:
    """What can be done to several chosen rows. A pair or three are the value of the button "do", its label, its detail."""

    url: str
    view: str
    query: str
    priorities: tuple[tuple[str, str], ...] = ()
    snoozes: tuple[tuple[str, str, str], ...] = ()
    n_all: str = ""


@dataclass(frozen=True, kw_only=True)
class ListPane:
    """The list. `reload_url` (GET) gives _list.html again; `live` are the topics that make it read again.

    `filters` are chips, each leading to the list without it; `filter_url` (GET) opens the builder with them, `asked` are
    the names and values of the address that a search in the list keeps. `chooses` gives each row a box. `export_url` (GET)
    gives all of the list as a file, for those who may have it.
    """

    title: str
    count: str
    groups: tuple[RowGroup, ...]
    reload_url: str
    live: str = ""
    sort_label: str = ""
    sorts: tuple[Act, ...] = ()
    filters: tuple[Act, ...] = ()
    filter_url: str = ""
    keep_url: str = ""
    keep_label: str = ""
    broken: str = ""
    asked: tuple[tuple[str, str], ...] = ()
    bulk: BulkBar | None = None
    chooses: bool = False
    export_url: str = ""
    query: str = ""
    search_url: str = ""
    next_url: str = ""
    empty_title: str = ""
    empty_text: str = ""
    empty_action: str = ""
    empty_url: str = ""
    steps: tuple[Step, ...] = ()  # what a firm does before the first conversation
