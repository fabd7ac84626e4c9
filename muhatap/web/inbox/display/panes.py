"""The panes put together."""

from dataclasses import dataclass, field
from typing import ClassVar

from muhatap.web.common.display import Act, TagChip, ViewGroup
from muhatap.web.inbox.display.card import Card
from muhatap.web.inbox.display.composer import Composer
from muhatap.web.inbox.display.entries import Thread
from muhatap.web.inbox.display.listing import ListPane
from muhatap.web.inbox.due import Due


@dataclass(frozen=True, kw_only=True)
class Head:
    """The head of a conversation. Empty addresses hide what the reader's role or the state does not allow.

    `assign_url` (GET) is what the menu offers, read when it is opened.
    """

    subject: str
    contact_name: str
    language: str = ""
    status: str = ""
    due: Due = field(default_factory=Due)
    assignee: str = ""
    assignee_initials: str = ""
    assign_url: str = ""
    snooze: tuple[Act, ...] = ()
    acts: tuple[Act, ...] = ()
    tag_url: str = ""
    resolve_url: str = ""
    reopen_url: str = ""
    priority: str = ""
    priority_word: str = ""
    priorities: tuple[Act, ...] = ()
    SHAPE: ClassVar = ("priority",)


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """The middle pane."""

    id: int
    url: str
    head: Head
    thread: Thread
    composer: Composer | None = None
    tags: tuple[TagChip, ...] = ()
    tag_url: str = ""
    promise_url: str = ""
    case_url: str = ""
    assistant_url: str = ""


@dataclass(frozen=True, kw_only=True)
class Page:
    """The whole inbox. `pane` is what a phone shows: list, conversation or card."""

    views: tuple[ViewGroup, ...]
    list: ListPane
    conversation: Conversation | None = None
    card: Card | None = None
    pane: str = "list"
    n_waiting: str = ""
    views_url: str = ""
    views_live: str = ""
    views_wait: bool = False
