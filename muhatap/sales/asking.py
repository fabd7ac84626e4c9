"""One question to a shop's API: guarded, bounded in time and size, and no redirect followed."""

import base64
import http.client
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from muhatap.shared import outgoing

PATIENCE = 30.0  # seconds for the whole question
LARGEST = 32 * 1024 * 1024
AGENT = "Muhatap-Shops/1"
LONGEST_REST = 900  # seconds we let a shop make us wait
REST = 30


class Unanswered(Exception):
    """Nothing came back, or nothing we may read; the text says why. It may go well later."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def rest(self) -> int:
        """How many seconds it asks us to wait; by default half a minute."""
        told = self.headers.get("retry-after", "")
        try:
            return min(max(int(float(told)), 1), LONGEST_REST)
        except ValueError:
            return REST


def ask(
    url: str, *, params: Sequence[tuple[str, str]] = (), headers: Mapping[str, str], may_be_private: bool
) -> Answer:
    """GET this address. Raises Unanswered."""
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, urlencode(params))))
    path = (parts.path or "/") + (f"?{query}" if query else "")
    told = {"Accept": "application/json", "User-Agent": AGENT, "Host": parts.netloc, "Connection": "close"}
    if parts.scheme not in ("http", "https"):
        raise Unanswered("not a web address")
    try:
        until = time.monotonic() + PATIENCE
        with outgoing.connected(parts, until=until, may_be_private=may_be_private) as connection:
            connection.request("GET", path, headers=told | dict(headers))
            answer = connection.getresponse()
            body = answer.read(LARGEST + 1)
            found = {name.lower(): value for name, value in answer.getheaders()}
    except (OSError, http.client.HTTPException, ValueError, outgoing.Refused) as error:
        raise Unanswered(str(error) or type(error).__name__) from error
    if len(body) > LARGEST:
        raise Unanswered("more than 32 MB")
    return Answer(status=answer.status, body=body, headers=found)


def basic(name: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()}
