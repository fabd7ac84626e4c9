"""Sends requests over open connections, one at a time each, as fast as they are answered or at a pace.

python -m benchmarks.collecting.generator PORT PATH KEY CONNECTIONS SECONDS EVENTS PACE     prints one JSON line

Bodies are made before the clock starts and their message ids written in place, so that the generator costs as little as it can
on the machine it shares with the server.
"""

import asyncio
import json
import sys
import time
from collections import deque
from itertools import count
from typing import cast

from benchmarks.collecting import events

PLACEHOLDER = "m" * 32
BODIES = 64
BEGINS, ENDS = b"HTTP/1.1 200 ", b'\r\n\r\n{"success":true}'  # of an answer that came in one piece, as nearly all do


class Requests:
    """Endless requests of `n` events each, every message id of its own."""

    def __init__(self, head: str, n: int) -> None:
        ids = {"message_id": PLACEHOLDER}
        made = [events.single(at, **ids) if n == 1 else events.batch(at, n, **ids) for at in range(BODIES)]
        whole = [f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body for body in made]
        self._parts = [one.split(PLACEHOLDER.encode()) for one in whole]
        self._numbers = count(time.time_ns())

    def next(self) -> bytes:
        number = next(self._numbers)
        parts = self._parts[number % BODIES]
        if len(parts) == 2:
            return b"%b%032d%b" % (parts[0], number, parts[1])
        ids = [b"%028d%04d" % (number, place) for place in range(len(parts) - 1)]
        return b"".join(piece for pair in zip(parts, [*ids, b""], strict=True) for piece in pair)


class Line(asyncio.Protocol):
    """One connection: the next request goes when the last is answered and the pace allows."""

    def __init__(self, crowd: "Crowd") -> None:
        self.crowd = crowd
        self.told = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.crowd.free(self)

    def send(self, request: bytes) -> None:
        self.sent_at = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        if not self.told and data.startswith(BEGINS) and data.endswith(ENDS):
            self.crowd.answered(b"200", time.perf_counter() - self.sent_at)
            self.crowd.free(self)
            return
        self.told += data
        head, gap, body = self.told.partition(b"\r\n\r\n")
        if not gap or len(body) < int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]):
            return
        self.crowd.answered(head[9:12], time.perf_counter() - self.sent_at)
        self.told = b""
        self.crowd.free(self)

    def connection_lost(self, trouble: Exception | None) -> None:
        self.crowd.n_broken += not self.crowd.is_over


class Crowd:
    def __init__(self, path: str, key: str, n_events: int, pace: float) -> None:
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\nContent-Type: text/plain\r\n"
        self.requests, self.pace = Requests(head, n_events), pace
        self.took: list[float] = []
        self.n_refused = self.n_broken = 0
        self.is_over = False
        self.idle: deque[Line] = deque()

    def free(self, line: Line) -> None:
        if self.is_over:
            return
        if self.pace:
            self.idle.append(line)
        else:
            line.send(self.requests.next())

    def answered(self, status: bytes, took: float) -> None:
        if status == b"200":
            self.took.append(took)
        else:
            self.n_refused += 1

    async def keep_pace(self, seconds: float) -> None:
        begun, sent = time.perf_counter(), 0
        while (passed := time.perf_counter() - begun) < seconds:
            while sent < passed * self.pace and self.idle:
                self.idle.popleft().send(self.requests.next())
                sent += 1
            await asyncio.sleep(0.0005)


async def run(port: int, path: str, key: str, n: int, seconds: float, n_events: int, pace: float) -> dict[str, float]:
    crowd = Crowd(path, key, n_events, pace)
    loop = asyncio.get_running_loop()
    begun = time.perf_counter()
    for _ in range(n):
        await loop.create_connection(lambda: Line(crowd), "127.0.0.1", port)
    await (crowd.keep_pace(seconds) if pace else asyncio.sleep(seconds))
    crowd.is_over = True
    spent = time.perf_counter() - begun
    took = sorted(crowd.took)
    return {
        "per_second": round(len(took) / spent, 1),
        "p50_ms": _share(took, 0.5),
        "p99_ms": _share(took, 0.99),
        "n": len(took),
        "refused": crowd.n_refused,
        "broken": crowd.n_broken,
    }


def _share(took: list[float], share: float) -> float:
    return round(1000 * took[min(int(len(took) * share), len(took) - 1)], 2) if took else 0.0


if __name__ == "__main__":
    port, path, key, n, seconds, n_events, pace = sys.argv[1:]
    try:
        import uvloop

        uvloop.install()
    except ImportError:
        pass
    print(json.dumps(asyncio.run(run(int(port), path, key, int(n), float(seconds), int(n_events), float(pace)))))
