"""What the widget sends becomes an Inbound; an Outbound becomes a line in the visitor's window."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from muhatap.channels.contract import Claim, FileRef, Inbound, Limits, Outbound, Receipt, Untranslatable
from muhatap.channels.webchat import lines
from muhatap.channels.webchat.models import ChatLine, ChatSession
from muhatap.channels.webchat.uploads import KINDS
from muhatap.channels.webchat.widget import settings_of
from muhatap.shared import jobs, live
from muhatap.shared.text import without_nul

CONTINUE_BY_MAIL = "continue_by_mail"
LONGEST = 5000  # letters of one message, as in the widget
MOST_FILES = 5


def external_id(visitor_id: str, key: str) -> str:
    """The id of a message that came in: the visitor's and the widget's own, so that a repeat is recognised anywhere."""
    return f"{visitor_id}:{key}"


def wire(session: ChatSession, line: ChatLine) -> bytes:
    """The raw form of one message, as it is kept: who the session says they are, what they wrote, and where."""
    visitor = {
        "id": session.visitor_id,
        "name": session.name,
        "email": session.email,
        "is_email_verified": session.is_email_verified,
        "shop_id": session.subject,
        "language": session.language,
    }
    message = {"id": line.key, "at": line.at.isoformat(), "text": line.text, "files": line.files}
    page = {"url": session.page_url, "title": session.page_title}
    return json.dumps({"visitor": visitor, "message": message, "page": page}, ensure_ascii=False).encode()


class WebchatAdapter:
    """The widget is a provider whose other end is our own table, so that sending twice is the same as sending once."""

    kind = "webchat"

    def translate(self, raw: bytes, meta: Mapping[str, Any]) -> Inbound:
        """Raises Untranslatable."""
        try:
            told = json.loads(raw)
            return _inbound(told["visitor"], told["message"], told.get("page") or {})
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise Untranslatable(f"not a chat message: {type(error).__name__} {error}") from error

    def limits(self, settings: Mapping[str, Any]) -> Limits:
        """What the window shows comfortably, and files as visitors may send them."""
        largest = settings_of(settings).max_file_mb * 1024 * 1024
        return Limits(max_length=LONGEST, max_files=MOST_FILES, max_file_bytes=largest, file_endings=frozenset(KINDS))

    @transaction.atomic
    def send(
        self, outbound: Outbound, settings: Mapping[str, Any], on_handing: Callable[[], None], *, at: datetime
    ) -> Receipt:
        """Put the line into the visitor's window and wake it, in one transaction with `on_handing`; a retry changes nothing."""
        session = _session(outbound)
        if session is None:
            return Receipt(state="failed", detail="no such visitor")
        on_handing()
        line, is_new = lines.put(
            session=session,
            direction=ChatLine.Direction.OUT,
            key=outbound.message_id,
            text=outbound.text,
            files=[_file(file) for file in outbound.files],
            at=outbound.at,
            author=outbound.sender.name,
        )
        if is_new:
            live.announce([f"visitor:{session.visitor_id}"], "message", line=line.pk)
            _mail_later(session, settings, outbound.at)
        return Receipt(state="accepted", provider_id=str(line.pk))

    def was_taken(self, outbound: Outbound) -> bool:
        session = _session(outbound)
        return session is not None and session.lines.filter(direction="out", key=outbound.message_id).exists()


ADAPTER = WebchatAdapter()


def _inbound(visitor: Mapping[str, Any], message: Mapping[str, Any], page: Mapping[str, Any]) -> Inbound:
    visitor_id, key = _said(visitor, "id"), _said(message, "id")
    if not visitor_id or not key:
        raise ValueError("visitor or message without an id")
    claims = _claims(visitor, visitor_id)
    text = _said(message, "text")
    facts = {"name": _said(visitor, "name"), "language": _said(visitor, "language")}
    return Inbound(
        kind="message",
        external_id=external_id(visitor_id, key),
        at=datetime.fromisoformat(message["at"]),
        sender=next(claim for claim in claims if claim.is_verified),
        claims=claims,
        subject=_said(page, "title"),
        continues="contact",
        text=text,
        reply_text=text,
        files=tuple(file_ref(file) for file in message.get("files", ())),
        facts={name: value for name, value in facts.items() if value},
    )


def _claims(visitor: Mapping[str, Any], visitor_id: str) -> tuple[Claim, ...]:
    """Strongest first: the shop's own number (stands only when signed), the address, the browser.

    The first verified one is the sender: a customer who signed in after chatting namelessly is the customer.
    """
    name, shop_id, email = _said(visitor, "name"), _said(visitor, "shop_id"), _said(visitor, "email")
    is_signed = bool(shop_id) and visitor.get("is_email_verified") is True
    claims = [Claim(kind="visitor", value=visitor_id, is_verified=True, name=name)]
    if email:
        claims.insert(0, Claim(kind="email", value=email, is_verified=is_signed, name=name))
    if shop_id:
        claims.insert(0, Claim(kind="shop", value=shop_id, is_verified=True, name=name))
    return tuple(claims)


def _said(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return without_nul(value).strip() if isinstance(value, str) else ""


def file_ref(file: Mapping[str, Any]) -> FileRef:
    """A line's file as the contract knows it."""
    return FileRef(name=file["name"], type=file["type"], size=file["size"], sha256=file["sha256"])


def _session(outbound: Outbound) -> ChatSession | None:
    """The visitor who is answered: by address, else by the message that is answered (its id begins with the visitor's)."""
    named = [address.email for address in outbound.to]
    answered = [external.partition(":")[0] for external in (outbound.in_reply_to, *reversed(outbound.references))]
    candidates = [visitor_id for visitor_id in (*named, *answered) if visitor_id.startswith("v_")]
    found = {session.visitor_id: session for session in ChatSession.objects.filter(visitor_id__in=candidates)}
    return next((found[visitor_id] for visitor_id in candidates if visitor_id in found), None)


def _file(file: FileRef) -> dict[str, Any]:
    return {"name": file.name, "type": file.type, "size": file.size, "sha256": file.sha256}


def _mail_later(session: ChatSession, settings: Mapping[str, Any], at: datetime) -> None:
    """When the firm linked a mailbox, look again in a few minutes whether the visitor was still there to read."""
    widget = settings_of(settings)
    if widget.email_inbox_id:
        later = at + timedelta(minutes=widget.away_minutes)
        jobs.queue(CONTINUE_BY_MAIL, queue="outbox", run_at=later, session_id=session.pk)
