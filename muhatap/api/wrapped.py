"""What is around events on their way: whose key they come with, how they are packed, and what a browser has to hear with the answer."""

import asyncio
import base64
import time
import zlib
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs

Headers = list[tuple[bytes, bytes]]
LARGEST_BODY = 4 * 1024 * 1024
SLOWEST_BODY = 30.0  # seconds
_ALLOWED = b"authorization, content-type, content-encoding, anonymousid, x-retry-count"


class Refuse(Exception):
    """The request as a whole is answered so."""

    def __init__(self, status: int, said: str, wait: int = 0) -> None:
        super().__init__(said)
        self.status, self.said, self.wait = status, said, wait


def key(headers: dict[bytes, bytes], scope: dict[str, Any]) -> str:
    """From the header, or the address, as beacons must; "" where only the body can tell."""
    if given := headers.get(b"authorization"):
        scheme, found = _shown(given)
        if scheme in ("basic", "bearer"):
            return found
    query = scope["query_string"]
    told: str = parse_qs(query.decode("latin-1")).get("writeKey", [""])[0] if query else ""
    return told


@lru_cache(maxsize=1000)
def _shown(authorization: bytes) -> tuple[str, str]:
    """How a key is shown, and the key: Basic (some clients leave the colon out) or Bearer; nearly always the same few."""
    scheme, _space, given = authorization.decode("latin-1").partition(" ")
    if scheme.lower() != "basic":
        return scheme.lower(), given.strip()
    try:
        return "basic", base64.b64decode(given, validate=True).decode().partition(":")[0]
    except ValueError:
        return "basic", ""


async def body(receive: Any) -> bytes:
    """The whole body. Raises Refuse when it is too large or too slow, ConnectionAbortedError when nobody is there any more."""
    parts: list[bytes] = []
    n = 0
    try:
        async with asyncio.timeout(SLOWEST_BODY):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ConnectionAbortedError
                parts.append(message.get("body", b""))
                n += len(parts[-1])
                if n > LARGEST_BODY:
                    raise Refuse(400, f"a body holds at most {LARGEST_BODY} bytes")
                if not message.get("more_body"):
                    return b"".join(parts)
    except TimeoutError as error:
        raise Refuse(408, "the body did not arrive in time") from error


def plain(body: bytes, headers: dict[bytes, bytes]) -> bytes:
    """Unpacked where it was packed, never beyond the largest body. Raises Refuse 400."""
    if headers.get(b"content-encoding", b"").lower() != b"gzip":
        return body
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        found = unpacking.decompress(body, LARGEST_BODY + 1)
    except zlib.error as error:
        raise Refuse(400, "the body is not packed with gzip") from error
    if len(found) > LARGEST_BODY or not unpacking.eof:
        raise Refuse(400, f"a body holds at most {LARGEST_BODY} bytes, unpacked and whole")
    return found


def cors(headers: dict[bytes, bytes]) -> Headers:
    """Any page may ask; whether its events are kept says the site's list, which a pre-flight cannot know the key for."""
    if b"origin" not in headers:
        return []
    return [
        (b"access-control-allow-origin", headers[b"origin"]),
        (b"access-control-allow-methods", b"POST, GET, OPTIONS"),
        (b"access-control-allow-headers", _ALLOWED),
        (b"access-control-expose-headers", b"retry-after, x-ratelimit-reset"),
        (b"access-control-max-age", b"86400"),
        (b"vary", b"Origin"),
    ]


def waiting(seconds: int) -> Headers:
    reset = int(time.time()) + seconds
    return [(b"retry-after", str(seconds).encode()), (b"x-ratelimit-reset", str(reset).encode())]


def always(body: bytes) -> Headers:
    """What each answer says of itself."""
    return [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
