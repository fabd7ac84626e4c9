"""The live stream of a visitor: opened by a signed ticket without asking the database, told only of their own window."""

import asyncio
import logging
from collections import Counter
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

from django.core import signing
from django.db import DatabaseError, InterfaceError, close_old_connections

from muhatap.api import live
from muhatap.channels.webchat import sessions
from muhatap.shared import clock

log = logging.getLogger(__name__)
TICKET = "chat.live"
TICKET_HOLDS = timedelta(hours=24)
TELL_EVERY = 45  # seconds between two notes of who is connected
TELL_AGAIN = 5  # after the database was away
TELL_SOON = 1  # the first note waits a moment, so that a thousand reconnecting windows are one statement


def ticket(session_id: int, visitor_id: str, origin: str) -> str:
    """What opens the stream: in an address it may be logged, so it is no token and shows nothing but that something happened."""
    return signing.dumps({"id": session_id, "visitor": visitor_id, "origin": origin}, salt=TICKET)


async def answer(request: dict[str, Any], receive: Any, send: Any) -> None:
    """GET /chat/v1/live?ticket=…: 401 when the ticket ran out, 403 on another site than the one it was given to."""
    told, origin = _opened(request), _header(request, b"origin")
    if told is None or (origin and origin != told["origin"] and not _is_own(request, origin)):
        await _refuse(send, 401 if told is None else 403)
        return
    allow = [(b"access-control-allow-origin", origin.encode("latin-1")), (b"vary", b"Origin")] if origin else []
    PRESENT.enter(told["id"])
    try:
        await live.stream(send, receive, [f"visitor:{told['visitor']}"], allow)
    finally:
        PRESENT.leave(told["id"])


class Present:
    """Whose windows are connected to this process; written down for all of them at once."""

    def __init__(self) -> None:
        self.sessions: Counter[int] = Counter()
        self.teller: asyncio.Task[None] | None = None

    def enter(self, session_id: int) -> None:
        self.sessions[session_id] += 1
        if self.teller is None or self.teller.done():
            self.teller = asyncio.get_running_loop().create_task(self._tell())

    def leave(self, session_id: int) -> None:
        self.sessions[session_id] -= 1
        self.sessions += Counter()  # forgets those at zero

    async def _tell(self) -> None:
        wait = TELL_SOON
        while self.sessions:
            await asyncio.sleep(wait)
            wait = TELL_EVERY
            try:
                await asyncio.to_thread(_seen, sorted(self.sessions))
            except (DatabaseError, InterfaceError) as error:
                log.warning("who is connected could not be written down, and will be in a moment: %s", error)
                wait = TELL_AGAIN


PRESENT = Present()


def _seen(session_ids: list[int]) -> None:
    close_old_connections()
    sessions.seen(session_ids, at=clock.now())


def _opened(request: dict[str, Any]) -> dict[str, Any] | None:
    given = parse_qs(request["query_string"].decode("latin-1")).get("ticket", [""])[0]
    try:
        found: dict[str, Any] = signing.loads(given, salt=TICKET, max_age=TICKET_HOLDS)
    except (signing.BadSignature, ValueError):
        return None
    return found


def _is_own(request: dict[str, Any], origin: str) -> bool:
    """A page of ours: its first request carried no Origin, as same-site requests that only read do not."""
    return origin == f"{request['scheme']}://{_header(request, b'host')}"


def _header(request: dict[str, Any], wanted: bytes) -> str:
    return next((value.decode("latin-1") for name, value in request["headers"] if name == wanted), "")


async def _refuse(send: Any, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"cache-control", b"no-store")]})
    await send({"type": "http.response.body", "body": b""})
