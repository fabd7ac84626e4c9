"""Visitors' sessions: one a browser, opened by a random token of which only the hash is kept."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from muhatap.channels.models import Inbox
from muhatap.channels.webchat.models import ChatLine, ChatSession, SpentSignature
from muhatap.channels.webchat.signed import LEEWAY, Expired, Refused, SignedIdentity
from muhatap.shared.address import canonical
from muhatap.shared.secrets import hashed


@dataclass(frozen=True, kw_only=True)
class Page:
    """Where the visitor is: address and title of the shop's page."""

    url: str = ""
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class Opened:
    """The session, and its token when it is new: told once, to this browser only."""

    session: ChatSession
    new_token: str = ""


@transaction.atomic
def open(
    *, inbox: Inbox, token: str, identity: SignedIdentity | None, language: str, page: Page, at: datetime
) -> Opened:
    """Resume this browser's session, or start one. Raises Refused when the signed identity belongs to another browser.

    A session that was opened with a signature stays closed without it, so that the next person at a shared computer
    does not read the last one's talk; they get a session of their own.
    """
    session = by_token(token, inbox=inbox)
    if session and session.subject and session.subject != (identity.subject if identity else ""):
        session = None
    opened = Opened(session=session) if session else _start(inbox, at)
    if identity:
        _bind(opened.session, identity)
    _touch(opened.session, language=language, page=page, at=at)
    return opened


def by_token(token: str, *, inbox: Inbox | None = None) -> ChatSession | None:
    """The session this token opens."""
    found = ChatSession.objects.select_related("inbox").filter(token_hash=hashed(token), inbox__is_enabled=True)
    return (found.filter(inbox=inbox) if inbox else found).first() if token else None


def check_signature(session: ChatSession, *, at: datetime) -> None:
    """The token of a signed customer opens nothing once their signature ran out. Raises Expired."""
    if session.subject and (session.signed_until is None or session.signed_until < at - LEEWAY):
        raise Expired(_("Your sign-in on this page has run out. Reload the page to go on."))


def introduce(*, session: ChatSession, name: str, email: str) -> None:
    """What the visitor says of themselves. A signed identity outweighs it, and it never becomes verified."""
    if session.subject and session.is_email_verified:
        email = ""
    session.name = name or session.name
    if email:
        session.email, session.is_email_verified = canonical(email), False
    session.save(update_fields=["name", "email", "is_email_verified"])


def seen(session_ids: list[int], *, at: datetime) -> None:
    """These visitors' windows are connected right now; one statement for all streams of a process."""
    ChatSession.objects.filter(pk__in=session_ids).update(last_seen_at=at)


def waiting_for_mail(inboxes: Sequence[Inbox], *, since: datetime, until: datetime) -> list[ChatSession]:
    """Sessions of these inboxes with an address and with answers of this time that were neither read nor mailed."""
    unread = ChatLine.objects.filter(session=OuterRef("pk"), at__gt=since, at__lt=until)
    unread = unread.filter(direction="out", read_at=None, mailed_at=None)
    found = ChatSession.objects.filter(Exists(unread), inbox__in=inboxes).exclude(email="")
    return list(found.select_related("inbox").order_by("pk")[:500])


def _start(inbox: Inbox, at: datetime) -> Opened:
    token = secrets.token_urlsafe(32)
    session = ChatSession.objects.create(
        inbox=inbox, visitor_id=f"v_{secrets.token_hex(12)}", token_hash=hashed(token), created_at=at, last_seen_at=at
    )
    return Opened(session=session, new_token=token)


def _bind(session: ChatSession, identity: SignedIdentity) -> None:
    spent = SpentSignature(inbox=session.inbox, digest=identity.digest, session=session, expires_at=identity.expires_at)
    SpentSignature.objects.bulk_create([spent], ignore_conflicts=True)
    if SpentSignature.objects.get(inbox=session.inbox, digest=identity.digest).session_id != session.pk:
        raise Refused(_("This signed identity was used in another browser; make a new one for each page."))
    session.subject = identity.subject
    session.signed_until = max(identity.expires_at, session.signed_until or identity.expires_at)
    session.name = identity.name or session.name
    if identity.email:
        session.email, session.is_email_verified = identity.email, identity.is_email_verified


def _touch(session: ChatSession, *, language: str, page: Page, at: datetime) -> None:
    session.language = language or session.language
    session.page_url, session.page_title = page.url[:1000], page.title[:300]
    session.last_seen_at = at
    session.save()
