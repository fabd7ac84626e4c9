"""The tree of parts of a mail, cut out of the bytes without copying and without recursion."""

import binascii
import itertools
import re
from dataclasses import dataclass, field

from muhatap.channels.contract import Untranslatable
from muhatap.channels.email import headers
from muhatap.channels.email.headers import Headers

HEADER_END = re.compile(rb"\r?\n[ \t]*\r?\n")
FIELD_LINE = re.compile(rb"[!-9;-~]{1,200}[ \t]*:")
HEADER_GOES_ON = re.compile(rb"[ \t]+[^\s]|[!-9;-~]{1,200}:[ \t]")
GUESSED_BOUNDARY = re.compile(rb"(?<![^\n])--([^\r\n]{1,200}?)[ \t]*\r?\n(?=[!-9;-~]{1,200}:|\r?\n)")
BROKEN_QP = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*\r?\n|[ \t]*$)")
SOFT_BREAK = re.compile(rb"=[ \t]+(\r?\n)")
N_NEAR_BOUNDARIES = 50_000  # lines that only begin like the boundary
BASE64_ONLY = re.compile(rb"[A-Za-z0-9+/=\s]*")
MBOX_LINE = re.compile(rb">?From (?![ \t]*:)[^\r\n]{0,500}\r?\n")
UU_BEGIN = re.compile(rb"^begin \d{3,4} ([^\r\n]{1,200})\r?\n(?=M|[!-L][^\r\n]{1,62}\r?\n)", re.MULTILINE)
UU_END = re.compile(rb"^end[ \t]*\r?$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one mail may cost us. Beyond `n_bytes` it is refused, beyond the others the rest is left in the raw mail."""

    n_bytes: int = 100 * 2**20
    n_header_bytes: int = 8 * 2**20
    n_parts: int = 1_000
    n_depth: int = 40
    n_attachments: int = 300
    n_html: int = 2**20
    n_text: int = 2 * 2**20


@dataclass
class Part:
    """One part: its headers and either the parts in it or a body (a window on the raw bytes, still encoded)."""

    headers: Headers
    body: memoryview
    type: str = "text/plain"
    parameters: dict[str, str] = field(default_factory=dict)
    parts: list["Part"] = field(default_factory=list)
    around: bytes = b""  # text before the first and after the last boundary, where no mailer shows it
    defects: list[str] = field(default_factory=list)

    def content(self) -> bytes:
        """The body with its transfer encoding undone as far as it goes; what was wrong is in `defects`."""
        encoding = re.sub(r"[^a-z0-9]", "", self.headers.plain("content-transfer-encoding").lower())
        if encoding == "base64":
            return self._base64()
        if encoding in ("quotedprintable", "qp"):
            return self._quoted_printable()
        if encoding in ("xuuencode", "uuencode", "xuue"):
            files, rest = uuencoded(bytes(self.body))
            return files[0][1] if files else rest
        if encoding not in ("", "7bit", "8bit", "binary", "7bits", "8bits"):
            self._note(f"unknown transfer encoding {encoding[:40]}")
        return bytes(self.body)

    def _base64(self) -> bytes:
        packed = bytes(self.body)
        pad = packed.find(b"=")
        if pad >= 0 and packed[pad:].strip(b"=\r\n \t"):
            tail = packed[pad:].lstrip(b"=")
            if BASE64_ONLY.fullmatch(tail):
                # Two encoded texts one after the other: each ends with its own padding.
                return b"".join(_unbase64(piece)[0] for piece in re.split(rb"=+", packed))
            self._note("text after the end of base64")
            packed = packed[:pad]
        content, is_clean = _unbase64(packed)
        if not is_clean:
            self._note("broken base64")
        return content

    def _quoted_printable(self) -> bytes:
        packed = bytes(self.body)
        if BROKEN_QP.search(packed):
            self._note("broken quoted-printable")
        return binascii.a2b_qp(SOFT_BREAK.sub(rb"=\1", packed))

    def _note(self, defect: str) -> None:
        if defect not in self.defects:
            self.defects.append(defect)


def read(raw: bytes, limits: Limits) -> Part:
    """Cut raw bytes into parts. Raises Untranslatable when there is nothing to read or far too much of it."""
    if len(raw) > limits.n_bytes:
        raise Untranslatable(f"The message is larger than {limits.n_bytes // 2**20} MB.")
    defects: list[str] = []
    raw = _straightened(raw, defects)
    if not raw.strip(b"\0\r\n\t \x1a"):
        raise Untranslatable("The message is empty.")
    whole = memoryview(raw)
    root = _part(raw, whole, 0, len(raw), limits)
    root.defects[:0] = defects
    if not root.headers.fields:
        root.defects.append("no header")
    _open(root, raw, whole, limits)
    return root


def walk(root: Part) -> list[Part]:
    """Every part, parents first, in the order written."""
    found, waiting = [], [root]
    while waiting:
        part = waiting.pop()
        found.append(part)
        waiting.extend(reversed(part.parts))
    return found


def uuencoded(text: bytes) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Name and content of each uuencoded file written into a text, and the text without them."""
    files: list[tuple[bytes, bytes]] = []
    kept, at = [], 0
    while len(files) < 50 and (begin := UU_BEGIN.search(text, at)) and (end := UU_END.search(text, begin.end())):
        files.append((begin[1], b"".join(map(_unuu, text[begin.end() : end.start()].splitlines()))))
        kept.append(text[at : begin.start()])
        at = end.end()
    return files, b"".join([*kept, text[at:]])


def _straightened(raw: bytes, defects: list[str]) -> bytes:
    if raw.startswith(b"\xef\xbb\xbf"):
        raw = raw[3:]
        defects.append("byte order mark before the header")
    if b"\n" not in raw and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
        defects.append("lines end with a bare CR")
    if raw[:1] in (b"\r", b"\n"):
        raw = raw.lstrip(b"\r\n")
        defects.append("empty lines before the header")
    if MBOX_LINE.match(raw):
        raw = raw[raw.index(b"\n") + 1 :]
        defects.append("mbox line before the header")
    return raw


def _part(raw: bytes, whole: memoryview, start: int, end: int, limits: Limits) -> Part:
    """Headers and body of the bytes from start to end."""
    body_at, header_to, defects = _border(raw, start, end, limits)
    found = headers.read(raw[start:header_to])
    kind, parameters = _content_type(found)
    part = Part(found, whole[body_at:end], parameters=parameters, defects=defects + found.defects)
    if "/" in kind and len(kind) < 120:
        part.type = kind
    elif kind in ("text", "html"):
        part.type = "text/html" if kind == "html" else "text/plain"
    elif kind:
        part.defects.append("unreadable content type")
    elif found.has("content-type"):
        part.defects.append("empty content type")
    return part


def _content_type(found: Headers) -> tuple[str, dict[str, str]]:
    """The first content type, but of several the one that says how to cut."""
    readings = [headers.parameters(value) for value in found.all("content-type")[:5]] or [("", {})]
    return next((each for each in readings if each[1].get("boundary")), readings[0])


def _border(raw: bytes, start: int, end: int, limits: Limits) -> tuple[int, int, list[str]]:
    """Where the body begins, where the header ends, and what was odd about it."""
    if raw.startswith((b"\n", b"\r\n"), start, end):
        return min(end, raw.index(b"\n", start) + 1), start, []
    first = raw.find(b"\n", start, end)
    line_end = end if first < 0 else first
    if not FIELD_LINE.match(raw, start, line_end) and not FIELD_LINE.match(raw, line_end + 1, end):
        return start, start, ["the header is missing"]
    stop = min(end, start + limits.n_header_bytes)
    blank = HEADER_END.search(raw, start, stop)
    # A line of spaces is no end when fields go on below it: a fold that lost its text.
    while blank and blank[0].strip(b"\r\n") and HEADER_GOES_ON.match(raw, blank.end(), stop):
        blank = HEADER_END.search(raw, blank.end() - 1, stop)
    if blank:
        return blank.end(), blank.start(), []
    if stop < end:
        return stop, stop, ["the header is too long and was cut"]
    return end, end, []


def _open(root: Part, raw: bytes, whole: memoryview, limits: Limits) -> None:
    """Cut multiparts, level by level, until everything is a leaf or a limit is reached."""
    offset = {id(root): len(raw) - len(root.body)}
    waiting, n_parts = [(root, 1)], 1
    while waiting:
        parent, depth = waiting.pop(0)
        if not parent.type.startswith("multipart/"):
            continue
        if depth >= limits.n_depth:
            root.defects.append(f"parts nested deeper than {limits.n_depth} were not opened")
            continue
        start = offset[id(parent)]
        spans = _spans(parent, raw, start, start + len(parent.body), limits.n_parts - n_parts)
        for begin, stop in spans:
            child = _part(raw, whole, begin, stop, limits)
            if parent.type == "multipart/digest" and not child.headers.has("content-type"):
                child.type = "message/rfc822"
            offset[id(child)] = stop - len(child.body)
            parent.parts.append(child)
            waiting.append((child, depth + 1))
        n_parts += len(spans)
    if n_parts >= limits.n_parts:
        root.defects.append(f"more than {limits.n_parts} parts, the rest was not read")


def _spans(parent: Part, raw: bytes, start: int, end: int, n_most: int) -> list[tuple[int, int]]:
    """Where the children of a multipart lie. Notes a missing boundary and keeps the text around the parts."""
    boundary = parent.parameters.get("boundary", "").rstrip().encode("utf-8", "surrogateescape")
    marks, is_closed = _marks(raw, boundary, start, end, n_most) if boundary else ([], False)
    if not marks and (guess := GUESSED_BOUNDARY.search(raw, start, min(end, start + 20_000))):
        parent.defects.append("the boundary is missing or wrong, the one in the text was taken")
        marks, is_closed = _marks(raw, guess[1], start, end, n_most)
    if not marks:
        parent.defects.append("a multipart without parts")
        parent.type = "text/plain"
        return []
    if not is_closed:
        parent.defects.append("a multipart that is not closed")
        marks.append((end, end))
    parent.around = raw[start : marks[0][0]].strip() + b"\n" + raw[marks[-1][1] : end].strip()
    return [(begin, _before_break(raw, begin, stop)) for (_, begin), (stop, _) in itertools.pairwise(marks)]


def _marks(raw: bytes, boundary: bytes, start: int, end: int, n_most: int) -> tuple[list[tuple[int, int]], bool]:
    """Begin and end of each boundary line up to the closing one."""
    needle = b"--" + boundary
    line = re.compile(re.escape(needle) + rb"(--)?[ \t]*(?:\r?\n|\r|$)")
    marks: list[tuple[int, int]] = []
    at, n_near = start if raw.startswith(needle, start, end) else raw.find(b"\n" + needle, start, end) + 1, 0
    while at and len(marks) <= n_most and n_near < N_NEAR_BOUNDARIES:
        if match := line.match(raw, at, end):
            marks.append((at, match.end()))
            if match[1]:
                return marks, len(marks) > 1
        n_near += match is None
        at = raw.find(b"\n" + needle, at, end) + 1
    return marks, False


def _before_break(raw: bytes, begin: int, stop: int) -> int:
    """The line break before a boundary belongs to the boundary."""
    if stop > begin and raw[stop - 1 : stop] == b"\n":
        stop -= 1
        if stop > begin and raw[stop - 1 : stop] == b"\r":
            stop -= 1
    return stop


def _unbase64(packed: bytes) -> tuple[bytes, bool]:
    try:
        return binascii.a2b_base64(packed), True
    except binascii.Error:
        kept = re.sub(rb"[^A-Za-z0-9+/]", b"", packed)
        kept = kept[: len(kept) - (len(kept) % 4 == 1)]
        return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4)), False


def _unuu(line: bytes) -> bytes:
    if not line or line[:1] in (b"`", b" "):
        return b""
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        # Encoders that pad too much: keep what the length byte promises.
        n_chars = (((line[0] - 32) & 63) * 4 + 5) // 3
        try:
            return binascii.a2b_uu(line[:n_chars])
        except binascii.Error:
            return b""
