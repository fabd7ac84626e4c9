"""A parsed mail in the words every channel speaks."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from muhatap.channels.contract import Address, Bounce, Claim, FileRef, Inbound, Untranslatable
from muhatap.channels.email.mime import Limits
from muhatap.channels.email.parsing import DEFAULT_LIMITS, ParsedMail, parse

Store = Callable[[bytes], tuple[str, int]]  # keeps bytes and returns their SHA-256 and size: shared.files.store_bytes
FIRST_YEAR = 1990
FUTURE = timedelta(days=1)  # a clock may be wrong by this much before we trust our own


def translate(raw: bytes, meta: Mapping[str, Any], store: Store, limits: Limits = DEFAULT_LIMITS) -> Inbound:
    """Raw mail to Inbound. `meta` may hold "received_at" (aware datetime or ISO text). Raises Untranslatable."""
    return inbound(parse(raw, limits=limits, received_at=_received_at(meta)), meta, store)


def inbound(parsed: ParsedMail, meta: Mapping[str, Any], store: Store) -> Inbound:
    """A parsed mail as Inbound, its files kept by `store`. Raises Untranslatable when nobody could have sent it."""
    defects = list(parsed.defects)
    sender = parsed.sender
    if sender is None and parsed.kind == "bounce":
        sender = Address(email="mailer-daemon@unknown.invalid")
    if sender is None:
        raise Untranslatable("The message does not say who it is from.")
    claim = Claim(kind="email", value=sender.email, is_verified=parsed.is_sender_stated, name=sender.name)
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
    if parsed.date and received_at and parsed.date > received_at + FUTURE:
        defects.append("dated in the future, the time of arrival was taken")
        return received_at
    if parsed.date and received_at and parsed.date.year < FIRST_YEAR:
        defects.append("dated before there was mail, the time of arrival was taken")
        return received_at
    return parsed.date or received_at or datetime(1970, 1, 1, tzinfo=UTC)


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
