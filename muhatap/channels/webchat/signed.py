"""The signed identity of a logged-in customer: a JWT the shop's server makes with the inbox's secret."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from django.utils.translation import gettext as _

from muhatap.shared.address import canonical, is_plausible
from muhatap.shared.text import without_nul

LONGEST = timedelta(hours=24)
LEEWAY = timedelta(seconds=60)
LARGEST = 4096


class Refused(Exception):
    """The signed identity does not hold; the text says what is wrong with it, in the visitor's language."""


class Expired(Refused):
    """It held once: the same page with a fresh one goes on."""


@dataclass(frozen=True, kw_only=True)
class SignedIdentity:
    """What the shop vouches for. `digest` names the token itself, so that it can be tied to one browser."""

    subject: str
    email: str
    name: str
    is_email_verified: bool
    expires_at: datetime
    digest: str


def read(token: str, *, secret: str, at: datetime) -> SignedIdentity:
    """Check the signature and its time. Claims: sub and exp (both required, exp at most a day ahead), email, name, email_verified.

    Raises Refused, Expired.
    """
    claims = _checked(token, secret)
    expires_at = _expiry(claims, at)
    subject, email = _text(claims, "sub", 200), _text(claims, "email", 320)
    if not subject:
        raise Refused(_("The signed identity has no “sub”: the customer's number in the shop."))
    if email and not is_plausible(email):
        raise Refused(_("The “email” in the signed identity is not an e-mail address."))
    return SignedIdentity(
        subject=subject,
        email=canonical(email) if email else "",
        name=_text(claims, "name", 120),
        is_email_verified=bool(email) and claims.get("email_verified", True) is True,
        expires_at=expires_at,
        digest=hashlib.sha256(token.encode()).hexdigest(),
    )


def make(claims: dict[str, str], *, secret: str, at: datetime) -> str:
    """What a shop's server does, for our own demo and tests: sign for an hour, each token different from the last."""
    return jwt.encode({**claims, "exp": at + timedelta(hours=1), "jti": uuid.uuid4().hex}, secret, algorithm="HS256")


def _checked(token: str, secret: str) -> dict[str, Any]:
    if not secret:
        raise Refused(_("This inbox has no secret for signed identities yet."))
    if len(token) > LARGEST:
        raise Refused(_("The signed identity is too long."))
    try:
        # Time is checked below against the moment we are given; the algorithm is fixed, so "none" and key mix-ups are out.
        options = {
            "verify_exp": False,
            "verify_iat": False,
            "verify_nbf": False,
            "verify_aud": False,
            "verify_sub": False,
        }
        return jwt.decode(token, secret, algorithms=["HS256"], options=options)  # type: ignore[arg-type]
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise Refused(_("The signature of the identity does not match this inbox.")) from error


def _expiry(claims: dict[str, Any], at: datetime) -> datetime:
    expires_at, not_before = _moment(claims, "exp"), _moment(claims, "nbf")
    if expires_at is None:
        raise Refused(_("The signed identity has no “exp”: say until when it holds."))
    if expires_at < at - LEEWAY:
        raise Expired(_("The signed identity has expired."))
    if expires_at > at + LONGEST + LEEWAY:
        raise Refused(_("The signed identity holds longer than a day; make it shorter."))
    if not_before and not_before > at + LEEWAY:
        raise Refused(_("The signed identity does not hold yet."))
    return expires_at


def _moment(claims: dict[str, Any], name: str) -> datetime | None:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _text(claims: dict[str, Any], name: str, longest: int) -> str:
    value = claims.get(name, "")
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return without_nul(text).strip()[:longest]
