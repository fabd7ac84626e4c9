"""One request to another system: guarded, bounded in time, and no redirect followed."""

import http.client
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from muhatap.shared import outgoing
from muhatap.shared.text import without_nul

PATIENCE = 15.0  # seconds for the whole request
N_EXCERPT = 500  # characters of the answer that are kept
AGENT = "Muhatap-Webhooks/1"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`status` 0: nothing was answered, and `said` tells why."""

    status: int
    said: str
    ms: int

    @property
    def is_taken(self) -> bool:
        return 200 <= self.status < 300


def post(url: str, body: str, headers: dict[str, str], *, may_be_private: bool) -> Answer:
    """Whatever happens out there is an answer."""
    begun = time.monotonic()
    try:
        status, said = _asked(url, body, headers, until=begun + PATIENCE, may_be_private=may_be_private)
    except (OSError, http.client.HTTPException, ValueError, outgoing.Refused) as error:
        status, said = 0, str(error) or type(error).__name__
    return Answer(status=status, said=without_nul(said)[:N_EXCERPT], ms=round((time.monotonic() - begun) * 1000))


def _asked(url: str, body: str, headers: dict[str, str], *, until: float, may_be_private: bool) -> tuple[int, str]:
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    told = {"Content-Type": "application/json", "User-Agent": AGENT, "Host": parts.netloc, "Connection": "close"}
    with outgoing.connected(parts, until=until, may_be_private=may_be_private) as connection:
        connection.request("POST", path, body=body.encode(), headers=told | headers)
        answer = connection.getresponse()
        if 200 <= answer.status < 300:
            return answer.status, ""  # taken: nobody reads their words, and a slow farewell is not waited for
        return answer.status, answer.read(N_EXCERPT * 4).decode("utf-8", "replace")
