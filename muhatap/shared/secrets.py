"""Secrets at rest: encrypted with a key derived from the installation's secret key, never logged."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


class SecretLost(Exception):
    """The stored secret cannot be read with this installation's key: it must be entered again."""


def seal(plain: str) -> str:
    return _fernet().encrypt(plain.encode()).decode() if plain else ""


def unseal(sealed: str) -> str:
    """The plain secret. Raises SecretLost when the key changed or the text was tampered with."""
    if not sealed:
        return ""
    try:
        return _fernet().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise SecretLost("The stored password cannot be read with this secret key; enter it again.") from error


def hashed(token: str) -> str:
    """What is kept of a token we gave out.

    A plain hash: there is nothing to guess in 256 random bits, so none of the slowness that passwords need.
    """
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _fernet() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"muhatap.secrets:" + settings.SECRET_KEY.encode()).digest()))
