"""What the inbox shows, as ready strings: views fill these, templates only place them.

Times come twice: as written ("14:32") and as ISO 8601 for machines. Addresses named `…_url` receive a POST unless told otherwise.
`html` fields hold HTML that was cleaned at intake; everything else is plain text.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from django.utils.safestring import SafeString

from muhatap.web.common.display import Act, IdentityLine, NoteLine, ProfileLine, TagChip, TimelineRow, ViewGroup
from muhatap.web.inbox.due import Due


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
    bulk: "BulkBar | None" = None
    chooses: bool = False
    export_url: str = ""
    query: str = ""
    search_url: str = ""
    next_url: str = ""
    empty_title: str = ""
    empty_text: str = ""
    empty_action: str = ""
    empty_url: str = ""


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
    """A chat message; `channel` ("Web sohbet") stands under it with its icon."""

    channel: str
    channel_icon: str
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
class Thread:
    """The entries. `reload_url` (GET) gives _thread.html again; `earlier_url` (GET) the entries before these as _entries.html."""

    conversation_id: int
    entries: "tuple[Entry, ...]"
    newest_id: int = 0
    reload_url: str
    live: str = ""
    earlier_url: str = ""
    earlier_label: str = ""


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
class Held:
    """We did not send: something new came meanwhile. `anyway` is the value the send button posts as `anyway`."""

    title: str
    text: str
    read_url: str
    anyway: str


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing worth knowing of an answer before it leaves. What `asks` is not sent before a yes to its `code`."""

    code: str
    text: str
    asks: bool = False
    icon: str = "info"
    SHAPE: ClassVar = ("icon",)


@dataclass(frozen=True, kw_only=True)
class CannedLine:
    """A canned reply to choose; `text` is how it reads here. `url` receives a POST and answers with JSON `html`, `files`, `problem`."""

    id: str
    title: str
    shortcut: str
    text: str
    url: str
    language: str = ""
    files: str = ""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """We did not send yet: something asks. `sure` is what "Send anyway" posts, `checks` say why."""

    checks: tuple[Check, ...]
    sure: str


@dataclass(frozen=True, kw_only=True)
class OtherVersion:
    """What another device wrote in the same draft: both are kept. `url` receives a POST and swaps the two."""

    text: str
    excerpt: str
    url: str


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
class DraftFile:
    """A file in the draft, already stored."""

    name: str
    size: str
    remove_url: str


@dataclass(frozen=True, kw_only=True)
class Composer:
    """Where one answers. Posts `kind` (reply or note), `html`, `to`, `cc`, `bcc`, `answers`, `seen`, `stood`, and `then` = resolve.

    `draft_url` receives the same fields a second after the last key and answers with the words for `saved`.
    The answer to `draft_url` is JSON: `saved`, `version`, and `checks` (_composer_checks.html). `later` are the moments it
    can be sent at, `canned_url` (GET ?q=) the canned replies that fit, `reload_url` (GET) the composer as the server has it.
    `upload_url` receives `file` and answers with _composer_files.html. `refused` says why one can't answer here (then no reply tab).
    """

    conversation_id: int
    send_url: str
    draft_url: str
    upload_url: str
    channel_icon: str
    recipients: str
    kind: str = "reply"
    reply_html: SafeString | str = ""
    note_html: SafeString | str = ""
    has_addresses: bool = False
    to: str = ""
    cc: str = ""
    bcc: str = ""
    sender: str = ""
    answers: str = ""
    seen: str = ""
    stood: str = ""
    saved: str = ""
    side: str = ""
    files: tuple[DraftFile, ...] = ()
    held: Held | None = None
    error: str = ""
    refused: str = ""
    version: str = "0"
    mine: str = ""
    checks: tuple[Check, ...] = ()
    asked: Asked | None = None
    sure: str = ""
    signature: SafeString | str = ""
    later: tuple[Act, ...] = ()
    canned_url: str = ""
    macros_url: str = ""
    mentions_url: str = ""
    reload_url: str = ""
    discard_url: str = ""
    other: OtherVersion | None = None
    SHAPE: ClassVar = ("kind", "channel_icon")


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
    timeline: tuple[TimelineRow, ...] = ()
    live: str = ""
    reload_url: str = ""


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
