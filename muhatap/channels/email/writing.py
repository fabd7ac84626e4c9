"""Header fields as bytes that every mailer reads: folded, encoded where needed, and impossible to break out of.

Python's own `email` package folds References by encoding long ids as words, which cuts the thread; so the few fields we
write are written here.
"""

import re
from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime

from muhatap.channels.contract import Address

UNSAFE = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
PLAIN_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
MESSAGE_ID = re.compile(r"<[!-;=?-~]{3,900}>")
N_LINE = 76
N_WORD_BYTES = 42  # of text in one encoded word: 75 characters with its frame


class Unsendable(Exception):
    """The mail cannot be written; the message says why."""


def line(name: str, *pieces: str) -> bytes:
    """One field, its pieces folded at spaces so that lines stay short."""
    lines, now = [], f"{name}:"
    for piece in pieces:
        if len(now) + 1 + len(piece) > N_LINE and now.strip() and now != f"{name}:":
            lines.append(now)
            now = ""
        now = f"{now} {piece}"
    return "\r\n".join([*lines, now]).encode() + b"\r\n"


def text(name: str, value: str) -> bytes:
    """A field of free words."""
    return line(name, *words(value))


def addresses(name: str, people: Iterable[Address]) -> bytes:
    """A field of mailboxes; nothing when there are none."""
    shown = [shown_as(each) for each in people]
    return line(name, *[f"{each}," for each in shown[:-1]], shown[-1]) if shown else b""


def ids(name: str, values: Iterable[str], n_most: int = 20) -> bytes:
    """A field of message ids, broken ones left out; of many the first and the newest stay."""
    good = [value for value in dict.fromkeys(values) if MESSAGE_ID.fullmatch(value)]
    if len(good) > n_most:
        good = [good[0], *good[1 - n_most :]]
    return line(name, *good) if good else b""


def date(name: str, at: datetime) -> bytes:
    return line(name, format_datetime(at))


def shown_as(address: Address) -> str:
    """`Name <address>` with the name quoted or encoded as needed. Raises Unsendable for what is no address."""
    email, name = wire_address(address.email), clean(address.name)
    if not name or name == address.email:
        return email
    if PLAIN_NAME.fullmatch(name):
        return f"{name} <{email}>"
    if name.isascii() and len(name) < 60:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}" <{email}>'
    return f"{' '.join(encoded(name))} <{email}>"


def wire_address(email: str) -> str:
    """The address as servers take it: the domain in ASCII. Raises Unsendable for what is no address."""
    email = email.strip()
    local, at, domain = email.rpartition("@")
    if not at or not local or not domain or UNSAFE.search(email) or re.search(r"[\s<>(),;:\\\"\[\]]", email):
        raise Unsendable(f"“{clean(email)}” is not an e-mail address")
    try:
        ascii_domain = domain if domain.isascii() else domain.encode("idna").decode()
    except UnicodeError as error:
        raise Unsendable(f"“{clean(domain)}” is not a domain") from error
    return f"{local}@{ascii_domain}"


def words(value: str) -> list[str]:
    """Free words for a field: as they are when they are ASCII, else encoded."""
    value = clean(value)
    is_plain = value.isascii() and "=?" not in value and all(len(each) < N_LINE for each in value.split())
    return value.split(" ") if is_plain and value else encoded(value) if value else [""]


def encoded(value: str) -> list[str]:
    """RFC 2047 words, cut between characters and never inside one."""
    chunks, now = [], b""
    for character in value:
        piece = character.encode("utf-8", "replace")
        if len(now) + len(piece) > N_WORD_BYTES:
            chunks.append(now)
            now = b""
        now += piece
    return [f"=?utf-8?B?{b64encode(each).decode()}?=" for each in [*chunks, now]]


def file_name(parameter: str, name: str) -> str:
    """A parameter with a file's name: plain for old readers, and in full (RFC 2231) when it needs more than ASCII."""
    name = clean(name).replace("/", "_").replace("\\", "_") or "file"
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "'")[-60:]
    if plain == name:
        return f'{parameter}="{plain}"'
    percent = "".join(
        chr(byte) if (chr(byte).isalnum() and byte < 128) or byte in b"-._~" else f"%{byte:02X}"
        for byte in name.encode("utf-8", "replace")
    )
    return f"{parameter}=\"{plain}\";\r\n {parameter}*=utf-8''{percent[:800]}"


def clean(value: str) -> str:
    """One line: nothing in it can begin another field."""
    return " ".join(UNSAFE.sub(" ", value).split())
