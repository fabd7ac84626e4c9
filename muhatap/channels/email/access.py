"""How to reach an inbox's two servers, read from its settings."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from muhatap.channels.email import oauth
from muhatap.shared import secrets

Security = Literal["ssl", "starttls", "plain"]
SECURITIES: tuple[Security, ...] = ("ssl", "starttls", "plain")
TIMEOUT = 30.0  # seconds for each answer of a server


@dataclass(frozen=True, kw_only=True)
class Access:
    """One server and how to log in there; no user means: no login. Secrets never show in a repr."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    timeout: float = TIMEOUT
    verifies: bool = True

    @property
    def tls(self) -> ssl.SSLContext:
        """Certificates are checked, unless an administrator said that this server's own is to be accepted as it is."""
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if not self.verifies:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


class Incomplete(Exception):
    """The settings name no server."""


def imap(settings: Mapping[str, Any], *, at: datetime) -> Access:
    """The server mail is fetched from. Raises Incomplete, secrets.SecretLost, oauth.Refused."""
    return _access(settings, "imap", 993, at=at)


def smtp(settings: Mapping[str, Any], *, at: datetime) -> Access:
    """The server mail is sent through; its login is the mailbox's own unless another is set. Raises as `imap`."""
    return _access(settings, "smtp", 465, at=at)


def _access(settings: Mapping[str, Any], which: str, port: int, *, at: datetime) -> Access:
    host = str(settings.get(f"{which}_host") or "")
    if not host:
        raise Incomplete(which)
    security = settings.get(f"{which}_security")
    user = str(settings.get(f"{which}_user") or "")
    password, token = "", ""
    if settings.get("auth") in oauth.PROVIDERS:
        user = user or str(settings.get("imap_user") or "")
        token = oauth.access_token(int(settings["inbox_id"]), at=at)
    elif user:
        password = secrets.unseal(str(settings.get(f"{which}_password_sealed") or ""))
    return Access(
        host=host,
        port=int(settings.get(f"{which}_port") or port),
        security=security if security in SECURITIES else "ssl",
        user=user,
        password=password,
        token=token,
        timeout=float(settings.get("timeout") or TIMEOUT),
        verifies=settings.get("verify_certificate", True) is not False,
    )
