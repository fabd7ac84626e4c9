"""Signatures as the Standard Webhooks specification has them: HMAC-SHA256 over id.timestamp.body, in base64, as `v1,…`."""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable

BEGINNING = "whsec_"
N_BYTES = 32


def new_secret() -> str:
    return BEGINNING + base64.b64encode(secrets.token_bytes(N_BYTES)).decode()


def sign(*, id: str, timestamp: int, body: str, using: Iterable[str]) -> str:
    """What goes into `webhook-signature`: one signature for each secret that is valid now, parted by spaces."""
    signed = f"{id}.{timestamp}.{body}".encode()
    return " ".join(f"v1,{_signature(signed, secret)}" for secret in using)


def headers(*, id: str, timestamp: int, body: str, using: Iterable[str]) -> dict[str, str]:
    return {
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(id=id, timestamp=timestamp, body=body, using=using),
    }


def _signature(signed: bytes, secret: str) -> str:
    return base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode()


def _key(secret: str) -> bytes:
    """Raises ValueError for what is no secret of this kind."""
    try:
        return base64.b64decode(secret.removeprefix(BEGINNING), validate=True)
    except binascii.Error as error:
        raise ValueError("not a webhook secret") from error
