"""An Outbound as the bytes of a mail, in pieces: an attachment is read from storage while it is sent, never held whole."""

import hashlib
import quopri
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings as installation

from muhatap.channels.contract import Address, FileRef, Outbound
from muhatap.channels.email import tokens, writing
from muhatap.channels.email.html import clean
from muhatap.channels.email.quoting import with_quote
from muhatap.shared import files

N_LINES = 57 * 1024  # bytes of a file in one piece: a whole number of base64 lines
MIME_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,63}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,63}")
# What callers may add; everything else is ours, or no business of the customer's mailbox.
EXTRA = (
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "Precedence",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "List-Archive",
    "List-Post",
    "List-Help",
    "Feedback-ID",
)
Piece = tuple[str, Iterator[bytes]]  # the header of a part and its body


class FileLost(Exception):
    """An attached file cannot be read from storage."""


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A mail ready for the wire: envelope, an estimate of its size, and its content in pieces that end at line ends."""

    sender: str
    recipients: tuple[str, ...]
    n_bytes: int
    needs_utf8: bool
    content: Iterator[bytes]


def mail(outbound: Outbound, settings: Mapping[str, Any]) -> Mail:
    """The whole mail. The same Outbound gives the same bytes each time. Raises Unsendable and FileLost."""
    everybody = {writing.wire_address(each.email): None for each in (*outbound.to, *outbound.cc, *outbound.bcc)}
    if not everybody:
        raise writing.Unsendable("the mail has no recipient")
    sender = writing.wire_address(outbound.sender.email)
    for file in outbound.files:
        next(_chunks(file.sha256), b"")  # a lost file shows now, not in the middle of the mail
    head = _head(outbound, settings)
    body = _Body(outbound, settings)
    return Mail(
        sender=sender,
        recipients=tuple(everybody),
        n_bytes=len(head) + body.n_bytes,
        needs_utf8=not all(each.isascii() for each in (sender, *everybody)),
        content=_whole(head, body),
    )


def as_bytes(outbound: Outbound, settings: Mapping[str, Any]) -> bytes:
    """The whole mail in memory: for tests and for showing its source."""
    return b"".join(mail(outbound, settings).content)


def _whole(head: bytes, body: "_Body") -> Iterator[bytes]:
    yield head
    yield from body.pieces()


def _head(outbound: Outbound, settings: Mapping[str, Any]) -> bytes:
    zone = ZoneInfo(installation.TIME_ZONE)
    fields = [
        writing.date("Date", outbound.at.astimezone(zone)),
        writing.addresses("From", [outbound.sender]),
        writing.addresses("To", outbound.to) or (b"" if outbound.cc else b"To: undisclosed-recipients:;\r\n"),
        writing.addresses("Cc", outbound.cc),
        writing.addresses("Reply-To", _reply_to(outbound, settings)),
        writing.text("Subject", outbound.subject),
        writing.ids("Message-ID", [outbound.message_id]),
        writing.ids("In-Reply-To", [outbound.in_reply_to]),
        writing.ids("References", outbound.references or [outbound.in_reply_to]),
        *_extra(outbound.headers),
        b"MIME-Version: 1.0\r\n",
    ]
    if not fields[6]:
        raise writing.Unsendable("the mail has no proper Message-ID")
    return b"".join(fields)


def _reply_to(outbound: Outbound, settings: Mapping[str, Any]) -> list[Address]:
    """Answers come back to a signed address, if the mail server keeps what stands after a plus."""
    if not outbound.reply_token or not settings.get("plus_addressing"):
        return []
    return [Address(name=outbound.sender.name, email=tokens.address_with(outbound.sender.email, outbound.reply_token))]


def _extra(headers: Mapping[str, str]) -> list[bytes]:
    given = {name.lower(): value for name, value in headers.items()}
    return [writing.text(name, given[name.lower()]) for name in EXTRA if given.get(name.lower())]


class _Body:
    """mixed( alternative( text, related( html, inline images ) ), attachments ), with only the levels that are needed."""

    def __init__(self, outbound: Outbound, settings: Mapping[str, Any]) -> None:
        self.html, self.text = with_quote(outbound, settings)
        self.html = _with_images(self.html)
        if self.html and not self.text:
            self.text = clean(self.html).text
        self.inline = [file for file in outbound.files if _is_shown(file, self.html)]
        self.attached = [file for file in outbound.files if file not in self.inline]
        # Of the id alone, so that a retry is the same mail; "=_" cannot stand in quoted-printable or base64.
        self.mark = hashlib.sha256(outbound.message_id.encode()).hexdigest()[:24]
        self.n_bytes = (
            2 * (len(self.html) + len(self.text)) + 2000 + sum(file.size * 78 // 57 + 600 for file in outbound.files)
        )

    def pieces(self) -> Iterator[bytes]:
        part = _text("plain", self.text)
        if self.html:
            shown = _text("html", self.html)
            if self.inline:
                shown = self._together("related", [shown, *map(_file, self.inline)])
            part = self._together("alternative", [part, shown])
        if self.attached:
            part = self._together("mixed", [part, *map(_file, self.attached)])
        head, body = part
        yield head.encode() + b"\r\n"
        yield from body

    def _together(self, subtype: str, parts: list[Piece]) -> Piece:
        boundary = f"=_{subtype[:3]}_{self.mark}"
        return f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n', _joined(boundary.encode(), parts)


def _joined(boundary: bytes, parts: list[Piece]) -> Iterator[bytes]:
    for head, body in parts:
        yield b"--" + boundary + b"\r\n" + head.encode() + b"\r\n"
        yield from body
        yield b"\r\n"
    yield b"--" + boundary + b"--\r\n"


def _text(subtype: str, content: str) -> Piece:
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n"
    unix = content.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n"
    packed = quopri.encodestring(unix.encode("utf-8", "replace")).replace(b"\n", b"\r\n")
    return head, iter([packed])


def _file(file: FileRef) -> Piece:
    type_ = (
        file.type
        if MIME_TYPE.fullmatch(file.type) and not file.type.startswith(("multipart/", "message/"))
        else "application/octet-stream"
    )
    place = "inline" if file.content_id and file.is_inline else "attachment"
    head = (
        f"Content-Type: {type_};\r\n {writing.file_name('name', file.name)}\r\n"
        f"Content-Disposition: {place};\r\n {writing.file_name('filename', file.name)}\r\n"
        "Content-Transfer-Encoding: base64\r\n"
    )
    if file.content_id:
        head += f"Content-ID: <{_bare_id(file.content_id)}>\r\n"
    return head, _packed(file.sha256)


def _packed(sha256: str) -> Iterator[bytes]:
    for chunk in _chunks(sha256):
        lines = b64encode(chunk)
        yield b"".join(lines[at : at + 76] + b"\r\n" for at in range(0, len(lines), 76))


def _chunks(sha256: str) -> Iterator[bytes]:
    try:
        with files.opened(sha256) as source:
            while chunk := source.read(N_LINES):
                yield chunk
    except OSError as error:
        raise FileLost(f"the file {sha256[:12]} cannot be read: {error.strerror}") from error


def _with_images(html: str) -> str:
    """Our own pages hold an image's id in `data-cid`, because cid: loads nothing there; mailers want `src`."""
    return re.sub(r'(<img\b[^>]*?)\sdata-cid="([^"<>\s]+)"', r'\1 src="cid:\2"', html)


def _is_shown(file: FileRef, html: str) -> bool:
    return bool(file.content_id) and f"cid:{file.content_id}" in html


def _bare_id(content_id: str) -> str:
    return re.sub(r"[^!-;=?-~]", "", content_id)
