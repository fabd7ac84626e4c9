"""Header fields as people and mailers really write them: encoded words, parameters, message ids, dates."""

import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote_to_bytes

from muhatap.channels.email import charsets

FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:[ \t]*(.*)", re.DOTALL)
WORD_START = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?")
SPACES = re.compile(r"\s+")
INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
MESSAGE_ID = re.compile(r"<([^<>]{1,900})>")
COMMENT_OR_SPACE = re.compile(r"\([^()]{0,200}\)(?=\s*[.@>]|$)|\s+")
CONTINUED = re.compile(r"^([^*]+)\*(\d{1,3})(\*?)$")
N_HEADER_LINES = 50_000
N_IDS = 500  # more references than this are an attack or a loop
N_ID_BYTES = 250  # a longer id does not fit into an index; mailers write less than a hundred


@dataclass
class Headers:
    """The fields of one part in order, names in lower case, values still raw bytes.

    `charset` is what the body says it is written in: the best guess for a header of raw 8-bit characters.
    """

    fields: list[tuple[str, bytes]] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    charset: str = ""

    def raw(self, name: str) -> bytes:
        """The first value of a field, or nothing."""
        return next((value for key, value in self.fields if key == name), b"")

    def all(self, name: str) -> list[bytes]:
        return [value for key, value in self.fields if key == name]

    def text(self, name: str) -> str:
        """The first value decoded to one clean line."""
        return decoded(self.raw(name), self.charset)

    def plain(self, name: str) -> str:
        """The first value as characters with encoded words left alone: for fields with a grammar."""
        return unfolded(self.raw(name), self.charset)

    def has(self, name: str) -> bool:
        return any(key == name for key, _ in self.fields)


def read(block: bytes) -> Headers:
    """Split a header block into fields. Lines that are no field are joined to the field above and noted."""
    found: list[tuple[str, list[bytes]]] = []
    headers = Headers()
    *lines, rest = block.replace(b"\r\n", b"\n").split(b"\n", N_HEADER_LINES)
    if b"\n" in rest:
        headers.defects.append(f"more than {N_HEADER_LINES} header lines, the rest was not read")
        rest = b""
    for line in (*lines, rest):
        match = None if line[:1] in (b" ", b"\t") else FIELD.match(line)
        if match:
            found.append((match[1].decode("ascii").lower(), [match[2]]))
        elif found:
            if line[:1] not in (b" ", b"\t") and line.strip():
                headers.defects.append("a header line without a name was joined to the one above")
            found[-1][1].append(line)
        elif line.strip():
            headers.defects.append("the header begins with a line that is no field")
    headers.fields = [(name, b"\n".join(lines)) for name, lines in found]
    headers.defects = list(dict.fromkeys(headers.defects))
    return headers


def unfolded(value: bytes, charset: str = "") -> str:
    """Raw bytes of a value as one line of characters, whatever their charset."""
    return charsets.decode(value, "" if value.isascii() else charset)[0].replace("\r", " ").replace("\n", " ").strip()


def decoded(value: bytes, charset: str = "") -> str:
    """A value for people: unfolded, encoded words read, control and direction characters gone."""
    return tidy(words(unfolded(value, charset)))


def tidy(text: str) -> str:
    return SPACES.sub(" ", INVISIBLE.sub("", charsets.storable(text)[0])).strip()


def words(text: str) -> str:
    """Read RFC 2047 encoded words, also where they are not allowed; broken ones stay as they are."""
    pieces: list[tuple[str, bytes] | str] = []
    at = 0
    while (start := WORD_START.search(text, at)) and (end := text.find("?=", start.end())) >= 0:
        between = text[at : start.start()]
        content = _word(text[start.end() : end], start[2])
        if content is None:
            pieces.append(text[at : start.end()])
            at = start.end()
            continue
        if not (pieces and isinstance(pieces[-1], tuple) and not between.strip()):
            pieces.append(between)
        charset = start[1].split("*")[0].lower()
        if pieces and isinstance(pieces[-1], tuple) and pieces[-1][0] == charset:
            # Mailers cut in the middle of a character: join the bytes before reading them.
            pieces[-1] = (charset, pieces[-1][1] + content)
        else:
            pieces.append((charset, content))
        at = end + 2
    pieces.append(text[at:])
    return "".join(piece if isinstance(piece, str) else charsets.decode(piece[1], piece[0])[0] for piece in pieces)


def _word(content: str, encoding: str) -> bytes | None:
    try:
        packed = content.encode()  # some put raw letters into the word, against the standard
        if encoding in "qQ":
            return binascii.a2b_qp(packed.replace(b" ", b"_"), header=True)
        packed = re.sub(rb"[^A-Za-z0-9+/]", b"", packed)
        return binascii.a2b_base64(packed[: len(packed) - (len(packed) % 4 == 1)] + b"===")
    except (ValueError, UnicodeError):
        return None


def parameters(value: bytes) -> tuple[str, dict[str, str]]:
    """A structured value and its parameters: `text/plain; charset=x`, with RFC 2231 pieces joined and decoded."""
    head, *rest = split(unfolded(value), ";")
    plain: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for item in rest[:200]:
        name, _, content = item.partition("=")
        name, content = name.strip().lower(), unquoted(content)
        continued = CONTINUED.match(name)
        if continued:
            pieces.setdefault(continued[1], []).append((int(continued[2]), bool(continued[3]), content))
        elif name.endswith("*"):
            pieces.setdefault(name[:-1], []).append((0, True, content))
        elif name:
            plain.setdefault(name, words(content))
    for name, parts in pieces.items():
        plain[name] = _joined(sorted(parts))
    # A charset written as "text/plain charset=utf-8" without the semicolon is common enough to read.
    head, _, loose = head.strip().partition(" ")
    if "=" in loose:
        name, _, content = loose.partition("=")
        plain.setdefault(name.strip().lower(), unquoted(content))
    return head.lower(), plain


def _joined(parts: list[tuple[int, bool, str]]) -> str:
    charset, content = "", b""
    for number, is_encoded, piece in parts:
        if is_encoded and number == 0 and piece.count("'") >= 2:
            charset, _, piece = piece.split("'", 2)
        raw = piece.encode("utf-8", "surrogateescape")
        content += unquote_to_bytes(raw) if is_encoded else raw
    return words(charsets.decode(content, charset)[0])


def split(text: str, separator: str) -> list[str]:
    """Split at separators that stand outside quotation marks."""
    if '"' not in text:
        return text.split(separator)
    pieces, start, is_quoted, is_escaped = [], 0, False, False
    for at, character in enumerate(text):
        if is_escaped:
            is_escaped = False
        elif character == "\\" and is_quoted:
            is_escaped = True
        elif character == '"':
            is_quoted = not is_quoted
        elif character == separator and not is_quoted:
            pieces.append(text[start:at])
            start = at + 1
    return [*pieces, text[start:]]


def unquoted(text: str) -> str:
    text = text.strip()
    if text.startswith('"'):
        text = text[1:-1] if len(text) > 1 and text.endswith('"') else text[1:]
        return re.sub(r"\\(.)", r"\1", text)
    return text.rstrip(";").strip()


def message_ids(values: Iterable[bytes]) -> tuple[str, ...]:
    """Every `<id>` in order, once each, in its brackets; a lone id without brackets is given them."""
    found: dict[str, None] = {}
    for value in values:
        text = tidy(unfolded(value))
        ids = MESSAGE_ID.findall(text) or (
            [text.strip("<>")] if "@" in text and " " not in text and len(text) < 900 else []
        )
        found.update(dict.fromkeys(kept_id(f"<{COMMENT_OR_SPACE.sub('', each)}>") for each in ids if each.strip()))
    return tuple(found)[-N_IDS:]


def kept_id(id: str) -> str:
    """An id as we keep it: an endless one as its hash, the same wherever it is named, so that answers find their thread."""
    packed = id.encode("utf-8", "replace")
    return id if len(packed) <= N_ID_BYTES else f"<{hashlib.sha256(packed).hexdigest()[:40]}@long-id.invalid>"


def date(value: bytes) -> datetime | None:
    """A date with its zone (none given: UTC), or None when nobody could tell or the year is absurd."""
    text = re.sub(r"\([^()]{0,100}\)", " ", unfolded(value)[:200]).strip()
    text = re.sub(r"(?<=\d)\s*:\s*(?=\d)", ":", SPACES.sub(" ", text))
    for form in (text, text.replace("-", " "), text.split(",")[-1].strip()):
        try:
            moment = parsedate_to_datetime(form)
            break
        except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
            continue
    else:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None
    if not 1900 <= moment.year <= 2100:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
