"""Just enough of HTTP/1.1 for a crowd: one request a connection, and event streams that stay open."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

PATIENCE = 30.0


class Broken(Exception):
    """The product did not answer, or not in time."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes


async def ask(
    port: int, method: str, path: str, headers: Mapping[str, str], body: bytes = b"", patience: float = PATIENCE
) -> Answer:
    """One request and its whole answer. Raises Broken."""
    try:
        async with asyncio.timeout(patience):
            reader, writer = await _connect(port)
            try:
                writer.write(_request(method, path, {**headers, "Connection": "close"}, body))
                answer = await reader.read()  # the server closes after it
            finally:
                writer.close()
    except (OSError, TimeoutError) as error:
        raise Broken(f"{method} {path}: {type(error).__name__}") from error
    head, _gap, content = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 "):
        raise Broken(f"{method} {path}: no answer")
    told = head.lower()
    body = _joined(content) if b"transfer-encoding: chunked" in told else content
    return Answer(int(head[9:12]), gzip.decompress(body) if b"content-encoding: gzip" in told else body)


async def events(port: int, path: str, headers: Mapping[str, str]) -> AsyncIterator[bytes]:
    """The data lines of an event stream, as they come. Raises Broken when it cannot be opened."""
    try:
        reader, writer = await _connect(port)
        writer.write(_request("GET", path, {**headers, "Accept": "text/event-stream"}, b""))
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
    except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
        raise Broken(f"stream {path}: {type(error).__name__}") from error
    if not head.startswith(b"HTTP/1.1 200"):
        raise Broken(f"stream {path}: {head[:30]!r}")
    try:
        while line := await reader.readline():
            if line.startswith(b"data:"):
                yield line[5:].strip()
    finally:
        writer.close()


async def _connect(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)


def _request(method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def _joined(chunked: bytes) -> bytes:
    parts, rest = [], chunked
    while rest:
        size, _end, rest = rest.partition(b"\r\n")
        n = int(size or b"0", 16)
        parts.append(rest[:n])
        rest = rest[n + 2 :]
    return b"".join(parts)
