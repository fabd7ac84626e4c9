"""A parsed mail in the words every channel speaks."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from muhatap.channels.contract import Address, Bounce, Claim, FileRef, Inbound, Untranslatable
from muhatap.channels.email.mime import Limits
from muhatap.channels.email.parsing import DEFAULT_LIMITS, ParsedMail, parse

Store = Callable[[bytes], tuple[str, int]]  # keeps bytes and returns their SHA-256 and size: shared.files.store_bytes
MAY_BE_FORGED = "warning: sender may be forged"
REPLY_TO_DIFFERS = "warning: reply-to differs"
UNDER_WAY = timedelta(days=2)  # a clock may be wrong, or a mail be under way, by this much before we trust our own


def translate(raw: bytes, meta: Mapping[str, Any], store: Store, limits: Limits = DEFAULT_LIMITS) -> Inbound:
    """Raw mail to Inbound. `meta` may hold "received_at" (aware datetime or ISO text) and "authserv_id". Raises Untranslatable."""
    authserv_id = str(meta.get("authserv_id") or "")
    parsed = parse(raw, limits=limits, received_at=_received_at(meta), authserv_id=authserv_id)
    return inbound(parsed, meta, store)


def inbound(parsed: ParsedMail, meta: Mapping[str, Any], store: Store) -> Inbound:
    """A parsed mail as Inbound, its files kept by `store`. Raises Untranslatable when nobody could have sent it."""
    defects = [*_warnings(parsed), *parsed.defects]
    sender = parsed.sender
    if sender is None and parsed.kind == "bounce":
        sender = Address(email="mailer-daemon@unknown.invalid")
    if sender is None:
        raise Untranslatable("The message does not say who it is from.")
    is_verified = parsed.is_sender_stated and not parsed.is_forged
    claim = Claim(kind="email", value=sender.email, is_verified=is_verified, name=sender.name)
    return Inbound(
        kind=parsed.kind,
        external_id=parsed.message_id,
        at=_at(parsed, meta, defects),
        sender=claim,
        claims=(claim,),
        to=parsed.to,
        cc=parsed.cc,
        reply_to=parsed.reply_to,
        subject=parsed.subject,
        text=parsed.text,
        reply_text=parsed.reply_text,
        html=parsed.html_clean,
        files=_files(parsed, store),
        in_reply_to=parsed.in_reply_to,
        references=parsed.references,
        tokens=parsed.tokens,
        defects=(*defects, *(f"charset: {note}" for note in parsed.charset_notes)),
        facts={"name": sender.name} if sender.name and parsed.kind == "message" else {},
        bounce=_bounce(parsed),
    )


def _received_at(meta: Mapping[str, Any]) -> datetime | None:
    said = meta.get("received_at")
    if isinstance(said, str):
        try:
            said = datetime.fromisoformat(said)
        except ValueError:
            return None
    if not isinstance(said, datetime):
        return None
    return said if said.tzinfo else said.replace(tzinfo=UTC)


def _at(parsed: ParsedMail, meta: Mapping[str, Any], defects: list[str]) -> datetime:
    received_at = _received_at(meta)
    if parsed.date is None or received_at is None:
        return parsed.date or received_at or datetime(1970, 1, 1, tzinfo=UTC)
    # Mail that moved from another server arrived today; the stamp of whoever received it first tells that its date is true.
    is_stamped = parsed.stamped_at is not None and abs(parsed.date - parsed.stamped_at) <= UNDER_WAY
    if abs(parsed.date - received_at) <= UNDER_WAY or (is_stamped and parsed.date < received_at):
        return parsed.date
    defects.append(f"dated {parsed.date:%Y-%m-%d %H:%M %z}, the time of arrival was taken")
    return received_at


def _warnings(parsed: ParsedMail) -> list[str]:
    """What a reader must know before trusting or answering."""
    warnings = []
    if parsed.is_forged:
        warnings.append(MAY_BE_FORGED)
    if parsed.kind == "message" and parsed.sender and parsed.reply_to:
        ours, theirs = _domain(parsed.sender), _domain(parsed.reply_to[0])
        if not (f".{ours}".endswith(f".{theirs}") or f".{theirs}".endswith(f".{ours}")):
            warnings.append(REPLY_TO_DIFFERS)
    return warnings


def _domain(address: Address) -> str:
    return address.email.rpartition("@")[2].lower()


def _files(parsed: ParsedMail, store: Store) -> tuple[FileRef, ...]:
    files = []
    for attachment in parsed.attachments:
        sha256, size = store(attachment.read())
        files.append(
            FileRef(
                name=attachment.name,
                type=attachment.type,
                size=size,
                sha256=sha256,
                content_id=attachment.content_id,
                is_inline=attachment.is_inline,
            )
        )
    return tuple(files)


def _bounce(parsed: ParsedMail) -> Bounce | None:
    if parsed.kind != "bounce" or not parsed.failures:
        return None
    worst = parsed.failures[0]
    return Bounce(
        message_id=worst.message_id,
        recipient=worst.recipient,
        is_permanent=worst.is_permanent,
        status=worst.status,
        detail=worst.detail,
    )
