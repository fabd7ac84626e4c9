"""The collector's door for tests: asked directly, or over a real line for clients that bring their own HTTP."""

import asyncio
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Thread
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import uvicorn

from muhatap.api import collect, collector
from muhatap.config import lines


class Said(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


async def ask(
    path: str,
    body: bytes = b"",
    headers: dict[str, str] | None = None,
    *,
    method: str = "POST",
    parts: Sequence[bytes] | None = None,
    client: str = "203.0.113.9",
) -> Said:
    """One request through the door; `parts` is a body that arrives in pieces, and breaks off without its end when the last is None."""
    where = urlsplit(path)
    scope = {
        "type": "http",
        "method": method,
        "scheme": "https",
        "path": where.path,
        "query_string": where.query.encode(),
        "client": (client, 5000),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in (headers or {}).items()],
    }
    pieces = list(parts if parts is not None else [body])
    told: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if not pieces:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces) or parts is not None}

    async def send(message: dict[str, Any]) -> None:
        told.append(message)

    await collect.answer(scope, receive, send)
    if not told:
        return Said(0, {}, b"")
    named = {name.decode(): value.decode("latin-1") for name, value in told[0]["headers"]}
    return Said(told[0]["status"], named, told[1]["body"])


@contextmanager
def served(door: Any = collect.answer) -> Iterator[str]:
    """The door on a port of this machine, by the web process's own connections, until the end of the block."""

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await door(scope, receive, send)

    async def run() -> None:
        await server.serve(sockets=[listening])
        await collector.stop()

    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    server = uvicorn.Server(uvicorn.Config(application, http=lines.Line, log_level="warning", lifespan="off"))
    thread = Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
