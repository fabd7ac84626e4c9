"""XOAUTH2 for Google and Microsoft: asking for leave, keeping it fresh, and the words said to IMAP and SMTP servers.

The refresh token is long-lived and sealed; Microsoft gives a new one with every refresh, so it is replaced under a row lock.
"""

import http.client
import json
import re
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings as installation
from django.db import transaction

from muhatap.shared import outgoing, secrets

if TYPE_CHECKING:
    from muhatap.channels.email.models import Grant

TIMEOUT = 20.0  # seconds for a whole answer
N_ANSWER = 100_000
FRESH = timedelta(minutes=2)  # a token that ends sooner is not begun with
TENANT = re.compile(r"[A-Za-z0-9.-]{1,80}")


class Refused(Exception):
    """The provider did not give a token; the message is what it said."""


@dataclass(frozen=True, kw_only=True)
class Provider:
    """Where a provider asks the account's owner, and where it gives tokens. `{tenant}` is Microsoft's."""

    authorise_url: str
    token_url: str
    scopes: tuple[str, ...]
    extra: tuple[tuple[str, str], ...] = ()


PROVIDERS: dict[str, Provider] = {
    "google": Provider(
        authorise_url="https://accounts.google.com/o/oauth2/v2/auth",
        token_url="https://oauth2.googleapis.com/token",  # noqa: S106 (an address, no secret)
        scopes=("https://mail.google.com/",),
        extra=(("access_type", "offline"), ("prompt", "consent")),
    ),
    "microsoft": Provider(
        authorise_url="https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
        token_url="https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",  # noqa: S106
        scopes=(
            "offline_access",
            "https://outlook.office.com/IMAP.AccessAsUser.All",
            "https://outlook.office.com/SMTP.Send",
        ),
        extra=(("prompt", "select_account"),),
    ),
}


def sasl(user: str, token: str) -> str:
    """The initial answer of XOAUTH2, before base64: https://developers.google.com/gmail/imap/xoauth2-protocol."""
    return f"user={user}\x01auth=Bearer {token}\x01\x01"


def authorise_url(grant: "Grant", *, return_to: str, state: str, challenge: str, hint: str = "") -> str:
    """Where the account's owner says yes; `challenge` is PKCE's S256 of a verifier kept by the caller."""
    provider = PROVIDERS[grant.provider]
    question = {
        "client_id": grant.client_id,
        "redirect_uri": return_to,
        "response_type": "code",
        "scope": " ".join(provider.scopes),
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "login_hint": hint,
        **dict(provider.extra),
    }
    return f"{_url(provider.authorise_url, grant)}?{urlencode(question)}"


def receive(grant: "Grant", *, code: str, verifier: str, return_to: str, at: datetime) -> None:
    """Turn the code the owner came back with into tokens and keep them. Raises Refused."""
    answer = _ask(
        grant, {"grant_type": "authorization_code", "code": code, "code_verifier": verifier, "redirect_uri": return_to}
    )
    if not answer.get("refresh_token"):
        raise Refused("no refresh token was given")
    grant.granted_at = at
    _keep(grant, answer, at=at)


@transaction.atomic
def access_token(inbox_id: int, *, at: datetime) -> str:
    """A token that is good for the next minutes, refreshed when needed. Raises Refused, secrets.SecretLost."""
    from muhatap.channels.email.models import Grant

    grant = Grant.objects.select_for_update().filter(inbox_id=inbox_id).first()
    if grant is None or not grant.refresh_token_sealed:
        raise Refused("the account is not connected")
    if grant.access_token_sealed and grant.expires_at and grant.expires_at > at + FRESH:
        return secrets.unseal(grant.access_token_sealed)
    refresh_token = secrets.unseal(grant.refresh_token_sealed)
    answer = _ask(grant, {"grant_type": "refresh_token", "refresh_token": refresh_token})
    _keep(grant, answer, at=at)
    return str(answer["access_token"])


def _keep(grant: "Grant", answer: dict[str, Any], *, at: datetime) -> None:
    grant.access_token_sealed = secrets.seal(str(answer["access_token"]))
    grant.expires_at = at + timedelta(seconds=min(int(answer.get("expires_in") or 3600), 86_400))
    if answer.get("refresh_token"):
        grant.refresh_token_sealed = secrets.seal(str(answer["refresh_token"]))
    grant.save()


def _ask(grant: "Grant", fields: dict[str, str]) -> dict[str, Any]:
    """POST to the provider's token address and read its answer."""
    fields = {**fields, "client_id": grant.client_id, "client_secret": secrets.unseal(grant.client_secret_sealed)}
    body = urlencode({name: value for name, value in fields.items() if value})
    try:
        status, content = _post(_url(token_url(grant.provider), grant), body)
        answer = json.loads(content)
    except (OSError, http.client.HTTPException, ValueError, outgoing.Refused) as error:
        raise Refused(f"{type(error).__name__}: {error}") from error
    if status != 200 or not isinstance(answer, dict) or not answer.get("access_token"):
        said = answer if isinstance(answer, dict) else {}
        raise Refused(f"{status} {said.get('error', '')} {said.get('error_description', '')}".strip()[:300])
    return answer


def token_url(provider: str) -> str:
    """The provider's own address; a test may name another in the setting OAUTH_TOKEN_URLS."""
    elsewhere: dict[str, str] = getattr(installation, "OAUTH_TOKEN_URLS", {})
    return elsewhere.get(provider) or PROVIDERS[provider].token_url


def _url(template: str, grant: "Grant") -> str:
    tenant = grant.tenant or "common"
    if not TENANT.fullmatch(tenant):
        raise Refused("the tenant's name is not valid")
    return template.replace("{tenant}", tenant)


def _post(url: str, body: str) -> tuple[int, bytes]:
    """One POST without redirects, over https to a public address; the address that was checked is the one connected to."""
    parts = urlsplit(url)
    may_be_private = bool(getattr(installation, "OAUTH_TOKEN_URLS", {}))
    if parts.scheme != "https" and not may_be_private:
        raise ValueError("only https")
    head = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    with outgoing.connected(parts, until=time.monotonic() + TIMEOUT, may_be_private=may_be_private) as connection:
        connection.request("POST", parts.path or "/", body, head)
        answer = connection.getresponse()
        return answer.status, answer.read(N_ANSWER)
