"""Raw bytes of a mail to a ParsedMail: pure, bounded, and without complaint about anything but emptiness and size."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from muhatap.channels.contract import Address, InboundKind, Untranslatable
from muhatap.channels.email import addresses, bodies, bounces, headers, html, kinds, mime, quotes, verdicts
from muhatap.channels.email.bodies import Attachment
from muhatap.channels.email.bounces import Failure
from muhatap.channels.email.headers import Headers
from muhatap.channels.email.mime import Limits, Part

# Where a mail says whom it was really brought to: our own plus-addresses are found here when To hides them.
ENVELOPE = (
    "delivered-to",
    "x-original-to",
    "x-envelope-to",
    "envelope-to",
    "x-rcpt-to",
    "x-forwarded-to",
    "x-apparently-to",
    "x-delivered-to",
)
PLUS = re.compile(r"^[^@]*\+([^+@]{1,300})@")
WORD = re.compile(r"\w+")
N_TOKENS = 50
DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, kw_only=True)
class ParsedMail:
    """One mail, understood. Addresses, ids and texts are clean to store; `attachments` read their bytes on demand."""

    sender: Address | None
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    subject: str
    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    date: datetime | None
    stamped_at: datetime | None
    kind: InboundKind
    text: str
    reply_text: str
    html_clean: str
    attachments: tuple[Attachment, ...]
    charset_notes: tuple[str, ...]
    defects: tuple[str, ...]
    is_id_synthetic: bool
    is_sender_stated: bool
    is_forged: bool
    delivered_to: tuple[str, ...]
    tokens: tuple[str, ...]
    return_path: str
    list_id: str
    automatic: dict[str, str]
    failures: tuple[Failure, ...]


def parse(
    raw: bytes, *, limits: Limits = DEFAULT_LIMITS, received_at: datetime | None = None, authserv_id: str = ""
) -> ParsedMail:
    """Understand a mail. `received_at` (aware) stands in for a missing date; `authserv_id` is whose verdict counts.

    Raises Untranslatable for an empty or oversized mail.
    """
    root = mime.read(raw, limits)
    root.headers.charset = next(
        (part.parameters["charset"] for part in mime.walk(root) if "charset" in part.parameters), ""
    )
    found = bodies.gather(root, limits)
    defects = list(found.defects)
    if not root.headers.fields and not (found.text.strip() or found.html.strip() or found.attachments):
        raise Untranslatable("The message has neither a header nor words.")
    cleaned = html.clean(found.html)
    text, reply_text = _texts(found.text, cleaned)
    sender, is_stated = _sender(root.headers, defects)
    message_id, is_synthetic = _message_id(raw, root.headers, defects)
    subject = root.headers.text("subject")[:2000]
    to, cc = _mailboxes(root.headers, "to"), _mailboxes(root.headers, "cc")
    delivered_to = _delivered_to(root.headers)
    address = sender.email if sender else ""
    failed = _failures(root, text, address, subject)
    report = root.parameters.get("report-type", "").lower() if root.type == "multipart/report" else ""
    return ParsedMail(
        sender=sender,
        to=to,
        cc=cc,
        reply_to=_mailboxes(root.headers, "reply-to"),
        subject=subject,
        message_id=message_id,
        in_reply_to=next(iter(headers.message_ids(root.headers.all("in-reply-to"))), ""),
        references=headers.message_ids(root.headers.all("references")),
        date=_date(root.headers, received_at, defects),
        stamped_at=_stamp(root.headers),
        kind=kinds.kind(root.headers, subject, address, report=report, has_bounces=bool(failed)),
        text=text,
        reply_text=reply_text,
        html_clean=cleaned.html,
        attachments=tuple(found.attachments),
        charset_notes=tuple(found.charset_notes),
        defects=tuple(dict.fromkeys(defects)),
        is_id_synthetic=is_synthetic,
        is_sender_stated=is_stated,
        is_forged=verdicts.says_forged(root.headers, authserv_id),
        delivered_to=delivered_to,
        tokens=_tokens([each.email for each in (*to, *cc)] + list(delivered_to)),
        return_path=root.headers.plain("return-path").strip("<> ")[:320],
        list_id=root.headers.text("list-id")[:500],
        automatic=kinds.automatic_facts(root.headers),
        failures=failed,
    )


def _texts(plain: str, cleaned: html.Cleaned) -> tuple[str, str]:
    """The whole text and the new words of it: the mail's own plain text is shown, its HTML knows better what is quoted."""
    plain = quotes.MARKS.sub("", plain)  # nobody outside may put our marks into a text
    # Shops send HTML with a plain part that only says "your program cannot show this".
    is_stub = len(cleaned.text) > 200 and len(plain.strip()) < len(cleaned.text) // 5
    text = cleaned.text if is_stub or not plain.strip() else plain.strip("\n")
    if cleaned.marked:
        reply = quotes.reply(cleaned.marked)
        if is_stub or not plain.strip() or _is_said_in(reply, plain):
            return text, reply
    return text, quotes.reply(text)


def _is_said_in(reply: str, plain: str) -> bool:
    """Whether the two versions of a mail say the same; a broken program may send two different texts."""
    words = set(WORD.findall(reply.lower()))
    return len(words & set(WORD.findall(plain.lower()))) * 2 >= len(words)


def _sender(found: Headers, defects: list[str]) -> tuple[Address | None, bool]:
    stated = _mailboxes(found, "from")
    if len(stated) > 1:
        defects.append("more than one sender, the first was taken")
    if stated:
        return stated[0], True
    defects.append("no usable From")
    for name in ("sender", "reply-to", "return-path", "x-envelope-from"):
        if other := _mailboxes(found, name):
            return other[0], False
    return None, False


def _mailboxes(found: Headers, name: str) -> tuple[Address, ...]:
    return addresses.listed(found.all(name), found.charset)


def _message_id(raw: bytes, found: Headers, defects: list[str]) -> tuple[str, bool]:
    ids = headers.message_ids(found.all("message-id")[:1])
    if ids:
        if "<" not in found.plain("message-id"):
            defects.append("the message id has no brackets")
        return ids[0], False
    bare = headers.tidy(found.plain("message-id")).strip("<> ")
    if bare and " " not in bare and len(bare) < 500:
        defects.append("the message id has no brackets")
        return headers.kept_id(f"<{bare}>"), False
    defects.append("no message id, one was made from the content")
    return f"<{hashlib.sha256(raw).hexdigest()[:32]}@synthetic.invalid>", True


def _date(found: Headers, received_at: datetime | None, defects: list[str]) -> datetime | None:
    stated = found.raw("date")
    if stated.strip() and (moment := headers.date(stated)):
        return moment
    defects.append("unreadable date" if stated.strip() else "no date")
    return _stamp(found) or received_at


def _stamp(found: Headers) -> datetime | None:
    """When the last server that wrote its name into the mail received it."""
    moments = (headers.date(line.rpartition(b";")[2]) for line in found.all("received"))
    return next((moment for moment in moments if moment), None)


def _delivered_to(found: Headers) -> tuple[str, ...]:
    return tuple(dict.fromkeys(box.email for name in ENVELOPE for box in addresses.listed(found.all(name)[:50])))


def _tokens(recipients: list[str]) -> tuple[str, ...]:
    matches = (PLUS.match(each) for each in recipients)
    return tuple(dict.fromkeys(match[1] for match in matches if match))[:N_TOKENS]


def _failures(root: Part, text: str, sender: str, subject: str) -> tuple[Failure, ...]:
    is_report = any(
        part.type in ("message/delivery-status", "message/global-delivery-status") for part in mime.walk(root)
    )
    looks_like_one = (
        root.headers.has("x-failed-recipients") or kinds.DAEMON.match(sender) or kinds.FAILED.search(subject)
    )
    return bounces.failures(root, text, sender) if is_report or looks_like_one else ()
