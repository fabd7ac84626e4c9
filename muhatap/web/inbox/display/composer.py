"""Where one answers, and what one should know before."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.safestring import SafeString

from muhatap.web.common.display import Act


@dataclass(frozen=True, kw_only=True)
class DraftFile:
    """A file in the draft, already stored."""

    name: str
    size: str
    remove_url: str


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
class Promised:
    """A promise in the draft: one that was confirmed (`forget_url` takes it out), or one that is only offered. All but `edit_url` are POSTs."""

    text: str
    words: str
    save_url: str = ""
    edit_url: str = ""
    deny_url: str = ""
    forget_url: str = ""


@dataclass(frozen=True, kw_only=True)
class Signing:
    """What stands under the answer, in which language, and what could: `url` of a choice is the value of `signature`."""

    html: SafeString | str
    language: str
    choices: tuple[Act, ...]
    SHAPE: ClassVar = ("language",)


@dataclass(frozen=True, kw_only=True)
class Composer:
    """Where one answers. Posts `kind` (reply or note), `html`, `to`, `cc`, `bcc`, `answers`, `seen`, `stood`, and `then` = resolve.

    `draft_url` receives the same fields a second after the last key and answers with the words for `saved`.
    The answer to `draft_url` is JSON: `saved`, `version`, and `checks` (_composer_checks.html). `later` are the moments it
    can be sent at, `canned_url` (GET ?q=) the canned replies that fit, `reload_url` (GET) the composer as the server has it.
    `voice` "public": everybody can read the answer; "elsewhere": it is given at `post_url` and only noted here, with its address as
    `there`. `private_url` (GET) begins a mail to them instead.
    `upload_url` receives `file` and answers with _composer_files.html. `refused` says why one can't answer here (then no reply tab).
    """

    conversation_id: int
    send_url: str
    draft_url: str
    upload_url: str
    channel_icon: str
    recipients: str
    voice: str = "private"
    voice_text: str = ""
    private_url: str = ""
    post_url: str = ""
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
    promises: tuple[Promised, ...] = ()
    assists: tuple[Act, ...] = ()
    asked: Asked | None = None
    sure: str = ""
    signing: Signing | None = None
    later: tuple[Act, ...] = ()
    canned_url: str = ""
    macros_url: str = ""
    mentions_url: str = ""
    reload_url: str = ""
    discard_url: str = ""
    other: OtherVersion | None = None
    SHAPE: ClassVar = ("kind", "channel_icon", "voice")
