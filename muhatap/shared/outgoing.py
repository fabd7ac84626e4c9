"""Requests to addresses that strangers gave us: only to the public net, bounded in size and time, never to our own neighbours.

The name is looked up once and the connection goes to the very address that was checked, so a name that changes its mind
between the check and the connection (DNS rebinding) gains nothing. However slowly the other end drips, the line is cut when
the time is up.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

DEADLINE = 10.0  # seconds for one picture, redirects and all
PATIENCE = 0.3  # seconds to wait for a seat: whoever asks holds up a thread that others need
MAX_PICTURE = 5 * 1024 * 1024
MAX_REDIRECTS = 3
PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
REDIRECTS = {301, 302, 303, 307, 308}
SECRETIVE = {"fd00:ec2::254", "fd20:ce::254", "100.100.100.200"}  # where clouds tell a machine its secrets
SEATS = threading.BoundedSemaphore(2)  # pictures fetched at a time by one process


class Refused(Exception):
    """We do not fetch this, or got no picture; the message says why."""


class Unguarded(Refused):
    """The way is not encrypted, and leads out of the house."""


class Busy(Refused):
    """Other pictures are being fetched; this one may be asked for again."""


@dataclass(frozen=True)
class Picture:
    type: str
    content: bytes


def picture(url: str) -> Picture:
    """A picture from the public net. Raises Refused for private addresses, other types, more than 5 MB, or no answer in time."""
    if not SEATS.acquire(timeout=PATIENCE):
        raise Busy("other pictures are being fetched")
    try:
        return _followed(url, until=time.monotonic() + DEADLINE)
    finally:
        SEATS.release()


@contextlib.contextmanager
def connected(
    parts: SplitResult, *, until: float, may_be_private: bool = False, is_guarded: bool = False
) -> Iterator[http.client.HTTPConnection]:
    """A connection to a checked address that is cut at `until` (monotonic). Raises Refused, OSError.

    `is_guarded`: unencrypted only to neighbours, else Unguarded.
    """
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    addresses = neighbours(host, port) if may_be_private else [public_address(host, port)]
    if is_guarded and parts.scheme != "https" and any(_plain(address).is_global for address in addresses):
        raise Unguarded(f"{host} is on the public net")
    connection = http.client.HTTPConnection(host, port)
    with _line(addresses, port, until=until) as line, _cut_at(until, line) as is_cut:
        line.settimeout(_left(until))
        try:
            secure = parts.scheme == "https"
            connection.sock = ssl.create_default_context().wrap_socket(line, server_hostname=host) if secure else line
            yield connection
        finally:
            connection.close()
        if is_cut.is_set():
            raise TimeoutError("no whole answer in time")  # what was read may have lost its end


def public_address(host: str, port: int) -> str:
    """The address to connect to. Raises Refused when any address of this name is not on the public net."""
    found = _addresses(host, port)
    if not found or not all(ipaddress.ip_address(address).is_global for address in found):
        raise Refused(f"{host} is not on the public net")
    return sorted(found)[0]


def neighbours(host: str, port: int) -> list[str]:
    """The addresses to connect to, where neighbours are allowed. Raises Refused for those where clouds keep their machines' secrets."""
    found = sorted(_addresses(host, port))
    for plain in map(_plain, found):
        if plain.is_link_local or plain.is_multicast or plain.is_unspecified or str(plain) in SECRETIVE:
            raise Refused(f"{host} is an address of our own line")
    return found


def _plain(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The address itself, also where one of the fourth version is written as one of the sixth."""
    found = ipaddress.ip_address(address)
    return getattr(found, "ipv4_mapped", None) or found


def _line(addresses: list[str], port: int, *, until: float) -> socket.socket:
    """A line to the first of these that answers. Raises OSError."""
    *others, last = addresses
    for address in others:
        with contextlib.suppress(OSError):
            return socket.create_connection((address, port), timeout=_left(until))
    return socket.create_connection((last, port), timeout=_left(until))


def _addresses(host: str, port: int) -> set[str]:
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise Refused(f"{host} is not known") from error
    return {address.partition("%")[0] for address in found}


def _followed(url: str, *, until: float) -> Picture:
    for _ in range(MAX_REDIRECTS + 1):
        found = _asked(url, until=until)
        if isinstance(found, Picture):
            return found
        url = found
    raise Refused("too many redirects")


def _asked(url: str, *, until: float) -> Picture | str:
    """The picture, or where it has moved to."""
    parts = _allowed(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"Host": parts.hostname or "", "Accept": "image/*", "User-Agent": "Muhatap"}
    try:
        with connected(parts, until=until) as connection:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            if answer.status in REDIRECTS:
                return urljoin(url, answer.headers.get("Location", ""))
            return _picture(answer)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Refused(str(error)) from error


def _allowed(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Refused("not an address") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or port not in (None, 80, 443):
        raise Refused("only http and https on their own ports")
    return parts


def _picture(answer: http.client.HTTPResponse) -> Picture:
    kind = answer.headers.get_content_type()
    if answer.status != 200 or kind not in PICTURES:
        raise Refused(f"no picture: {answer.status} {kind}")
    content = answer.read(MAX_PICTURE + 1)
    if len(content) > MAX_PICTURE:
        raise Refused("larger than 5 MB")
    return Picture(kind, content)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("the time is up")
    return left


@contextlib.contextmanager
def _cut_at(until: float, line: socket.socket) -> Iterator[threading.Event]:
    """Ends the conversation at a moment: a timeout alone begins anew with every byte."""
    is_cut = threading.Event()
    handle = line.dup()  # TLS takes the socket over; this one still reaches the line

    def cut() -> None:
        is_cut.set()
        with contextlib.suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(_left(until), cut)
    timer.daemon = True
    timer.start()
    try:
        yield is_cut
    finally:
        timer.cancel()
        timer.join()
        handle.close()
