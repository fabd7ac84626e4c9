"""A session with an IMAP server: opened read-only, so that nothing we do shows in anybody's mail program.

imap-tools connects and logs in; fetching is written here, because we want raw bytes by UID, sizes first, and an IDLE that
notices what the library has read ahead.
"""

import contextlib
import imaplib
import re
import select
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from imap_tools.mailbox import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted

from muhatap.channels.email import oauth
from muhatap.channels.email.access import Access

UID = re.compile(rb"\bUID (\d+)")
SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
INTERNAL_DATE = re.compile(rb'INTERNALDATE "([^"]+)"')
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
NEWS = frozenset({"EXISTS", "EXPUNGE"})
A_MOMENT = 1.0  # seconds between two looks at whether waiting is over


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """One mail as the server holds it."""

    uid: int
    raw: bytes
    received_at: datetime | None = None


class NotGiven(Exception):
    """The server has the mail and does not hand it over."""


class Session:
    """One connection with one folder open."""

    def __init__(self, box: BaseMailBox) -> None:
        self.box: BaseMailBox = box
        self.client: Any = box.client
        self.offers: frozenset[str] = frozenset()
        self.uid_validity = 0
        self.uid_next = 0
        self.n_messages = 0

    def select(self, folder: str) -> None:
        """Open a folder, read-only. Raises MailboxFolderSelectError."""
        self.box.folder.set(folder, readonly=True)
        self.uid_validity = self._told("UIDVALIDITY")
        self.uid_next = self._told("UIDNEXT")
        self.n_messages = self._told("EXISTS")

    def uids(self, first: int, last: int | None = None) -> list[int]:
        """Ascending UIDs in the folder from `first` to `last` (or the newest)."""
        found = self._search(f"UID {first}:{last or '*'}")
        # "900:*" also gives the newest mail when that is older than 900.
        return [uid for uid in found if uid >= first and (last is None or uid <= last)]

    def first_uid_since(self, day: date) -> int | None:
        """The lowest UID of a mail that arrived on `day` or later."""
        found = self._search(f"SINCE {day.day:02}-{MONTHS[day.month - 1]}-{day.year}")
        return min(found) if found else None

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Bytes of each mail that still exists."""
        sizes = {}
        for head, _body in self._fetch(uids, "(UID RFC822.SIZE)"):
            uid, size = UID.search(head), SIZE.search(head)
            if uid and size:
                sizes[int(uid[1])] = int(size[1])
        return sizes

    def fetch(self, uids: Sequence[int], *, is_head_only: bool = False) -> list[Fetched]:
        """Whole mails (or only their headers), unseen as they were. Raises NotGiven when the server refuses."""
        part = "BODY.PEEK[HEADER]" if is_head_only else "BODY.PEEK[]"
        wanted, found = set(uids), {}
        for head, body in self._fetch(uids, f"(UID INTERNALDATE {part})"):
            uid = UID.search(head)
            if uid and body is not None and int(uid[1]) in wanted:
                found[int(uid[1])] = Fetched(uid=int(uid[1]), raw=body, received_at=_moment(head))
        return [found[uid] for uid in sorted(found)]

    def wait(self, seconds: float, is_over: Callable[[], bool]) -> None:
        """Sleep until the server tells of something new, `is_over` says so, or the time is up."""
        if self._has_news():
            return  # it came while we were busy: not every server tells that in IDLE
        if self.has_idle:
            self._idle(seconds, is_over)
        else:
            until = time.monotonic() + seconds
            while not is_over() and time.monotonic() < until:
                time.sleep(min(A_MOMENT, max(0.0, until - time.monotonic())))
        self._has_news()

    def _has_news(self) -> bool:
        """Hear what the server has to say; only after that does a search see what came meanwhile."""
        self.client.noop()
        n_messages, n_gone = self._told("EXISTS") or self.n_messages, self._told("EXPUNGE")
        is_news = n_messages != self.n_messages or n_gone > 0
        self.n_messages = n_messages
        return is_news

    @property
    def has_idle(self) -> bool:
        return "IDLE" in self.offers

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self.client.logout()
        with contextlib.suppress(Exception):
            self.client.shutdown()

    def _told(self, name: str) -> int:
        values = self.client.response(name)[1]
        return int(values[-1]) if values and values[-1] else 0

    def _search(self, criteria: str) -> list[int]:
        status, found = self.client.uid("SEARCH", criteria)
        if status != "OK":
            raise imaplib.IMAP4.error(f"SEARCH: {found!r}")
        return sorted({int(uid) for line in found if line for uid in line.split()})

    def _fetch(self, uids: Sequence[int], parts: str) -> Iterator[tuple[bytes, bytes | None]]:
        if not uids:
            return
        status, found = self.client.uid("FETCH", _ranges(uids), parts)
        if status != "OK":
            raise NotGiven(repr(found)[:300])
        at = 0
        while at < len(found):
            item = found[at]
            at += 1
            if isinstance(item, tuple):
                # What follows the literal may hold the UID: servers choose their own order.
                tail = found[at] if at < len(found) and isinstance(found[at], bytes) else b""
                yield item[0] + b" " + tail, item[1]
                at += bool(tail)
            elif item:
                yield item, None

    def _idle(self, seconds: float, is_over: Callable[[], bool]) -> None:
        tag = self.client._command("IDLE")
        while self.client._get_response() is not None:
            if self.client.tagged_commands.get(tag):
                raise imaplib.IMAP4.error("IDLE was refused")
        is_told = not self.client.untagged_responses.keys().isdisjoint(NEWS)  # before it said that it idles
        until = time.monotonic() + seconds
        while not is_told and not is_over() and time.monotonic() < until:
            is_told = self._has_word(min(A_MOMENT, seconds))
        self.client.send(b"DONE\r\n")
        while not self.client.tagged_commands.get(tag):
            self.client._get_response()
        self.client.tagged_commands.pop(tag)

    def _has_word(self, seconds: float) -> bool:
        """Whether the server said anything (or hung up), also what lies read ahead where `poll` sees nothing."""
        sock = self.client.sock
        before = sock.gettimeout()
        sock.settimeout(0)
        try:
            if self.client.file.peek(1):
                return True
        except (BlockingIOError, ssl.SSLWantReadError):
            pass
        finally:
            sock.settimeout(before)
        poller = select.poll()
        poller.register(sock.fileno(), select.POLLIN)
        return bool(poller.poll(seconds * 1000))


@contextlib.contextmanager
def connected(access: Access, folder: str = "INBOX") -> Iterator[Session]:
    """A session with the folder open. Raises what `trouble.of` can word."""
    session = Session(_open(access))
    try:
        _log_in(session.box, access)
        session.offers = _offers(session.client)
        session.select(folder)
        yield session
    finally:
        session.close()


def _open(access: Access) -> BaseMailBox:
    if access.security == "ssl":
        return MailBox(access.host, access.port, timeout=access.timeout, ssl_context=access.tls)
    if access.security == "starttls":
        return MailBoxStartTls(access.host, access.port, timeout=access.timeout, ssl_context=access.tls)
    return MailBoxUnencrypted(access.host, access.port, timeout=access.timeout)


def _log_in(box: BaseMailBox, access: Access) -> None:
    if access.token:
        answers = iter([oauth.sasl(access.user, access.token).encode()])
        # A second question is the server's reason for refusing; it wants an empty answer before it says no.
        box.client.authenticate("XOAUTH2", lambda _challenge: next(answers, b""))
    elif access.user.isascii() and access.password.isascii():
        box.login(access.user, access.password, initial_folder=None)
    else:
        box.login_utf8(access.user, access.password, initial_folder=None)


def _offers(client: Any) -> frozenset[str]:
    """What the server can do, asked again after the login: many offer more then, IDLE among it."""
    _status, found = client.capability()
    return frozenset(str(found[-1] or b"", "ascii", "replace").upper().split()) if found else frozenset()


def _ranges(uids: Sequence[int]) -> str:
    """UIDs as IMAP writes them, neighbours as ranges, so that no line grows too long."""
    spans: list[list[int]] = []
    for uid in sorted(uids):
        if spans and uid == spans[-1][1] + 1:
            spans[-1][1] = uid
        else:
            spans.append([uid, uid])
    return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in spans)


def _moment(head: bytes) -> datetime | None:
    match = INTERNAL_DATE.search(head)
    if not match:
        return None
    try:
        return datetime.strptime(match[1].decode("ascii").strip(), "%d-%b-%Y %H:%M:%S %z").astimezone(UTC)
    except (ValueError, UnicodeError):
        return None
