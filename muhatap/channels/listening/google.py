"""Access to Google's services: a short-lived token for the account's long-lived one, which is sealed in the inbox's settings."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from muhatap.channels.listening import asking, told
from muhatap.channels.listening.asking import NotHeard
from muhatap.channels.listening.trouble import Trouble

TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105 (an address, no secret)


def is_connected(settings: Mapping[str, Any]) -> bool:
    return bool(settings.get("refresh_token_sealed"))


def access(settings: Mapping[str, Any]) -> dict[str, str]:
    """The header that opens the account. Raises NotHeard."""
    fields = {
        "grant_type": "refresh_token",
        "client_id": str(settings.get("client_id") or ""),
        "client_secret": told.secret(settings, "client_secret"),
        "refresh_token": told.secret(settings, "refresh_token"),
    }
    if not all(fields.values()):
        raise NotHeard(Trouble.INCOMPLETE, "no access to the account")
    body, type = urlencode(fields).encode(), {"Content-Type": "application/x-www-form-urlencoded"}
    url = str(settings.get("token_url") or TOKEN_URL)
    try:
        token = told.text(asking.ask(url, method="POST", headers=type, body=body).json(), "access_token")
    except NotHeard as error:
        if error.trouble == Trouble.REFUSED:  # 400 invalid_grant: the owner took the leave back
            raise NotHeard(Trouble.LOGIN, error.detail) from error
        raise
    if not token:
        raise NotHeard(Trouble.LOGIN, "no token was given")
    return asking.bearer(token)
