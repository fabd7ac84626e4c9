"""How often somebody may knock: token buckets in this process's memory.

Kept in memory and not in PostgreSQL on purpose: a limit is there to keep a flood away from the database, so it must not
ask the database. With several web processes the true limit is that many times higher, and a restart forgets; both are
fine for a guard against floods, and nothing is ever dropped: the widget keeps its message and comes again.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True)
class Limit:
    """`burst` at once, then `per_minute` on average."""

    burst: int
    per_minute: float


class Buckets:
    """The buckets of all keys; the longest unused are forgotten first, so memory is bounded whatever comes."""

    def __init__(self, largest: int = 50_000) -> None:
        self._largest = largest
        self._lock = Lock()
        self._levels: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def take(self, kind: str, key: str, limit: Limit, now: float | None = None) -> float:
        """Take one. Returns 0, or the seconds after which to come again."""
        moment = time.monotonic() if now is None else now
        with self._lock:
            level, since = self._levels.pop((kind, key), (float(limit.burst), moment))
            level = min(float(limit.burst), level + (moment - since) * limit.per_minute / 60)
            wait = 0.0 if level >= 1 else (1 - level) * 60 / limit.per_minute
            self._levels[kind, key] = (level if wait else level - 1, moment)
            while len(self._levels) > self._largest:
                self._levels.popitem(last=False)
        return wait

    def forget(self) -> None:
        with self._lock:
            self._levels.clear()


BUCKETS = Buckets()
