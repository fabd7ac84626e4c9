"""Which parts of a mail are its words and which are files."""

import hashlib
import re
from dataclasses import dataclass, field

from muhatap.channels.email import charsets, content, headers, mime
from muhatap.channels.email.mime import Limits, Part

WORDS = ("text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown", "text/x-amp-html")
EXTENSIONS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "application/pdf": ".pdf",
    "text/calendar": ".ics",
    "text/plain": ".txt",
    "text/html": ".html",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
    "text/rfc822-headers": ".txt",
    "message/rfc822": ".eml",
    "message/global": ".eml",
    "application/ms-tnef": ".dat",
    "application/pgp-signature": ".asc",
    "application/pgp-keys": ".asc",
    "application/pgp-encrypted": ".asc",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-signature": ".p7s",
    "application/pkcs7-mime": ".p7m",
    "application/x-pkcs7-mime": ".p7m",
}
REPORT_PARTS = ("message/delivery-status", "message/global-delivery-status", "message/disposition-notification")
MULTIPART_EXCUSE = re.compile(
    r"\s*(?:this is an?\s.{0,40}(?:multi-?part|mime)|if you (?:can|are reading)|bu ileti mime)", re.I
)
TAGS = re.compile(r"<(?:/?[a-z-]{1,20}|<)>", re.I)
N_NAME = 180


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file that came with a mail. Its bytes stay in the raw mail; `read()` decodes them when wanted."""

    name: str
    type: str
    declared_type: str
    size: int
    sha256: str
    content_id: str = ""
    is_inline: bool = False
    is_dangerous: bool = False
    part: Part = field(repr=False, compare=False)
    piece: bytes | None = field(default=None, repr=False, compare=False)

    def read(self) -> bytes:
        return self.part.content() if self.piece is None else self.piece


@dataclass
class Bodies:
    """Words and files of a mail, with what was odd about them."""

    text: str = ""
    html: str = ""
    attachments: list[Attachment] = field(default_factory=list)
    charset_notes: list[str] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)


def gather(root: Part, limits: Limits) -> Bodies:
    """Collect the words (joined when in several parts) and the files of a mail."""
    found = Bodies()
    plain: list[str] = []
    html: list[str] = []
    other: list[str] = []
    parts = mime.walk(root)
    for part in parts:
        if part.parts or part.type.startswith("multipart/"):
            continue
        if _is_words(part, has_words=bool(plain or html)):
            text = _words(part, limits, found)
            {"text/plain": plain, "text/html": html}.get(part.type, other).append(text)
        else:
            _attach(part, limits, found)
    if not any(text.strip() for text in (*plain, *html)):
        plain = other or _reports(parts) or _around(parts)
    found.text = "\n".join(text.strip("\n") for text in plain if text.strip())[: limits.n_text]
    found.html = "\n".join(html)
    _finish(found, parts, limits, plain)
    return found


def _finish(found: Bodies, parts: list[Part], limits: Limits, plain: list[str]) -> None:
    if sum(map(len, plain)) > limits.n_text:
        found.defects.append(f"text longer than {limits.n_text} characters was cut")
    if len(found.html) > limits.n_html:
        found.html = found.html[: limits.n_html]
        found.defects.append(f"HTML longer than {limits.n_html} characters was cut")
    if len(found.attachments) >= limits.n_attachments:
        found.defects.append(f"more than {limits.n_attachments} files, the rest stays in the raw mail")
    found.defects[:0] = dict.fromkeys(defect for part in parts for defect in part.defects)
    found.charset_notes = list(dict.fromkeys(found.charset_notes))


def _is_words(part: Part, *, has_words: bool) -> bool:
    if part.type not in WORDS:
        return False
    disposition, parameters = _disposition(part)
    if disposition == "attachment":
        return False
    # A named text below the first words is a file somebody dragged in, whatever its disposition says.
    return not has_words or not (parameters.get("filename") or part.parameters.get("name"))


def _words(part: Part, limits: Limits, found: Bodies) -> str:
    raw = part.content()[: 4 * max(limits.n_text, limits.n_html)]
    if part.type == "text/plain" and b"begin " in raw:
        raw = _without_uuencoded(part, raw, limits, found)
    declared = part.parameters.get("charset", "")
    if not declared and part.type == "text/html" and (said := re.search(rb"charset=[\"']?([\w-]{1,40})", raw[:2048])):
        declared = said[1].decode("ascii")
    text, note = charsets.decode(raw, declared)
    if note:
        found.charset_notes.append(note)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if part.parameters.get("format", "").lower() == "flowed" and part.type == "text/plain":
        text = unflowed(text, is_spaceless=part.parameters.get("delsp", "").lower() == "yes")
    if part.type in ("text/enriched", "text/richtext"):
        text = TAGS.sub("", text)
    return text


def _without_uuencoded(part: Part, raw: bytes, limits: Limits, found: Bodies) -> bytes:
    files, rest = mime.uuencoded(raw)
    for name, piece in files:
        _add(part, headers.decoded(name), "", piece, limits, found, is_piece=True)
    return rest


def unflowed(text: str, *, is_spaceless: bool) -> str:
    """Undo RFC 3676: a line that ends in a space goes on in the next line of the same quote depth."""
    lines: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        words = line[depth:].removeprefix(" ")
        goes_on = words.endswith(" ") and words != "-- "
        words = words[:-1] if goes_on and is_spaceless else words
        if depth == open_depth and words != "-- ":
            lines[-1] += words
        else:
            lines.append(">" * depth + (" " if depth else "") + words)
        open_depth = depth if goes_on else -1
    return "\n".join(lines)


def _attach(part: Part, limits: Limits, found: Bodies) -> None:
    if part.type in REPORT_PARTS:
        return  # machine-read in bounces.py; nobody opens them
    disposition, parameters = _disposition(part)
    name = parameters.get("filename") or part.parameters.get("name") or ""
    if not name and part.type in ("message/rfc822", "message/global"):
        name = headers.read(bytes(part.body[:20_000]).lstrip().replace(b"\r\n", b"\n").split(b"\n\n")[0]).text(
            "subject"
        )
    if not name and (location := part.headers.text("content-location")) and ":" not in location[:10]:
        name = location
    _add(part, name, disposition, part.content(), limits, found)


def _add(
    part: Part, name: str, disposition: str, whole: bytes, limits: Limits, found: Bodies, *, is_piece: bool = False
) -> None:
    if len(found.attachments) >= limits.n_attachments:
        return
    declared = "application/octet-stream" if is_piece else part.type
    name = file_name(name) or ("headers" if declared == "text/rfc822-headers" else "file") + EXTENSIONS.get(
        declared, ""
    )
    if declared in ("message/rfc822", "message/global") and content.suffix(name) not in ("eml", "msg"):
        name += ".eml"
    type_, note = content.settle(declared, name, whole)
    if declared.startswith("message/"):
        type_, note = declared, ""
    is_dangerous = content.is_dangerous(name, type_)
    found.defects.extend(filter(None, [note, f"{name} is a program: do not open it" if is_dangerous else ""]))
    content_id = "" if is_piece else headers.tidy(part.headers.plain("content-id")).strip("<> ")[:500]
    attachment = Attachment(
        name=name,
        type=type_,
        declared_type=declared,
        size=len(whole),
        sha256=hashlib.sha256(whole).hexdigest(),
        content_id=content_id,
        is_inline=disposition == "inline" or (bool(content_id) and disposition != "attachment"),
        is_dangerous=is_dangerous,
        part=part,
        piece=whole if is_piece else None,
    )
    found.attachments.append(attachment)


def file_name(raw: str) -> str:
    """A bare, visible file name: no folders, no control or direction characters, not too long."""
    name = headers.tidy(raw).replace("\\", "/").rpartition("/")[2].strip(" .\"'")
    name = re.sub(r'[<>:"|?*]', "_", name)
    if len(name) > N_NAME:
        ending = content.suffix(name)[:10]
        name = name[: N_NAME - 1 - len(ending)] + "." + ending
    return name


def _disposition(part: Part) -> tuple[str, dict[str, str]]:
    return headers.parameters(part.headers.raw("content-disposition"))


def _reports(parts: list[Part]) -> list[str]:
    """What a delivery report says, when it says it only to machines."""
    return [charsets.decode(part.content()[:20_000])[0].strip() for part in parts if part.type in REPORT_PARTS]


def _around(parts: list[Part]) -> list[str]:
    """Words written outside the boundaries, when the mail has no others."""
    texts = [charsets.decode(part.around)[0].strip() for part in parts if part.around.strip()]
    return [text for text in texts if text and not MULTIPART_EXCUSE.match(text)]
