"""Requests to addresses that strangers gave us: only to the public net, bounded in size and time, never to our own neighbours.

The name is looked up once and the connection goes to the very address that was checked, so a name that changes its mind
between the check and the connection (DNS rebinding) gains nothing.
"""

import http.client
import ipaddress
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

TIMEOUT = 8.0
MAX_PICTURE = 5 * 1024 * 1024
MAX_REDIRECTS = 3
PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
REDIRECTS = {301, 302, 303, 307, 308}


class Refused(Exception):
    """We do not fetch this, or got no picture; the message says why."""


@dataclass(frozen=True)
class Picture:
    type: str
    content: bytes


def picture(url: str) -> Picture:
    """A picture from the public net. Raises Refused for private addresses, other types, more than 5 MB, or no answer in time."""
    for _ in range(MAX_REDIRECTS + 1):
        answer, connection = _opened(url)
        try:
            if answer.status in REDIRECTS:
                url = urljoin(url, answer.headers.get("Location", ""))
                continue
            return _picture(answer)
        except (OSError, http.client.HTTPException) as error:
            raise Refused(str(error)) from error
        finally:
            connection.close()
    raise Refused("too many redirects")


def public_address(host: str, port: int) -> str:
    """The address to connect to. Raises Refused when any address of this name is not on the public net."""
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise Refused(f"{host} is not known") from error
    if not found or not all(ipaddress.ip_address(address).is_global for address in found):
        raise Refused(f"{host} is not on the public net")
    return sorted(found)[0]


def _opened(url: str) -> tuple[http.client.HTTPResponse, http.client.HTTPConnection]:
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise Refused("not an address") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or port not in (80, 443):
        raise Refused("only http and https on their own ports")
    connection = _connection(parts.scheme, parts.hostname, port)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("GET", path, headers={"Host": parts.hostname, "Accept": "image/*", "User-Agent": "Muhatap"})
        return connection.getresponse(), connection
    except (OSError, http.client.HTTPException, ValueError) as error:
        connection.close()
        raise Refused(str(error)) from error


def _connection(scheme: str, host: str, port: int) -> http.client.HTTPConnection:
    address = public_address(host, port)
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
    try:
        line = socket.create_connection((address, port), timeout=TIMEOUT)
        connection.sock = (
            ssl.create_default_context().wrap_socket(line, server_hostname=host) if scheme == "https" else line
        )
    except OSError as error:
        raise Refused(str(error)) from error
    return connection


def _picture(answer: http.client.HTTPResponse) -> Picture:
    kind = answer.headers.get_content_type()
    if answer.status != 200 or kind not in PICTURES:
        raise Refused(f"no picture: {answer.status} {kind}")
    content = answer.read(MAX_PICTURE + 1)
    if len(content) > MAX_PICTURE:
        raise Refused("larger than 5 MB")
    return Picture(kind, content)
