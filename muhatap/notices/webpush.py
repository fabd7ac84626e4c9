"""Web Push on the wire: a message only one browser can read (RFC 8291, 8188), signed by this installation (RFC 8292). Pure.

With `cryptography` and `PyJWT`, which we need anyway: the format is forty lines, the usual package would bring an HTTP client.
"""

import base64
import os
import struct
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

MAX_TEXT = 3000  # bytes; push services take 4096 in all
RECORD = 4096
HOLDS = timedelta(hours=12)  # how long a signature is good; RFC 8292 allows a day


class BadKey(ValueError):
    """What the browser gave as its key is none."""


def new_key() -> str:
    """A private key for signing, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public(private_pem: str) -> str:
    """What browsers are given as applicationServerKey."""
    return encode(_point(_loaded(private_pem).public_key()))


def headers(
    *, endpoint: str, private_pem: str, contact: str, at: datetime, ttl: timedelta, topic: str
) -> dict[str, str]:
    """The headers of one push. `topic` lets a newer push replace an older one that was not fetched yet."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int((at + HOLDS).timestamp()), "sub": contact}
    signed = jwt.encode(claims, private_pem, algorithm="ES256")
    return {
        "Authorization": f"vapid t={signed}, k={public(private_pem)}",
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(ttl.total_seconds())),
        "Urgency": "high",
        "Topic": topic,
    }


def encrypt(text: bytes, *, public_key: str, secret: str) -> bytes:
    """The body of one push, readable by the browser with this key and secret only. Raises BadKey, ValueError when too long."""
    if len(text) > MAX_TEXT:
        raise ValueError(f"a push carries {MAX_TEXT} bytes at most")
    theirs, auth = checked(public_key, secret)
    ours = ec.generate_private_key(ec.SECP256R1())
    our_point, their_point, salt = _point(ours.public_key()), _point(theirs), os.urandom(16)
    shared = ours.exchange(ec.ECDH(), theirs)
    material = _derive(shared, auth, b"WebPush: info\0" + their_point + our_point, 32)
    key = _derive(material, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(material, salt, b"Content-Encoding: nonce\0", 12)
    head = salt + struct.pack("!IB", RECORD, len(our_point)) + our_point
    return head + AESGCM(key).encrypt(nonce, text + b"\x02", None)  # 2: the last record


def checked(public_key: str, secret: str) -> tuple[ec.EllipticCurvePublicKey, bytes]:
    """The browser's key and secret. Raises BadKey."""
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(public_key))
        auth = decode(secret)
    except ValueError as error:
        raise BadKey(str(error)) from error
    if len(auth) != 16:
        raise BadKey("the secret is not 16 bytes long")
    return key, auth


def encode(given: bytes) -> str:
    return base64.urlsafe_b64encode(given).rstrip(b"=").decode()


def decode(given: str) -> bytes:
    """Raises ValueError."""
    return base64.urlsafe_b64decode(given + "=" * (-len(given) % 4))


def _loaded(private_pem: str) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(private_pem.encode(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise BadKey("not a key of an elliptic curve")
    return key


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derive(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(material)
