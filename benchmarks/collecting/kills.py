"""Clients that send until they are told 200, while web process and database die at random; then everything is counted."""

import json
import random
import time
import urllib.error
import urllib.request
from pathlib import Path
from threading import Event, Thread
from uuid import UUID

from benchmarks.collecting import events
from benchmarks.crashing.product import Product
from benchmarks.report import progress

N_CLIENTS = 8
BATCH = 20
PATIENCE = 5.0


class Client(Thread):
    """Sends batches one after the other, each again until it is acknowledged; remembers whose ids were."""

    def __init__(self, number: int, product: Product, key: str, is_over: Event) -> None:
        super().__init__(daemon=True)
        self.number, self.port, self.key, self.is_over = number, product.port, key, is_over
        self.acknowledged: list[str] = []
        self.n_sent = 0

    def run(self) -> None:
        n = 0
        while not self.is_over.is_set():
            ids = [f"{self.number}-{n}-{place}" for place in range(BATCH)]
            body = json.dumps({"batch": [events.event(n, message_id=one) for one in ids]}).encode()
            while not self._is_taken(body):
                if self.is_over.wait(0.05):
                    return
            self.acknowledged += ids
            n += 1

    def _is_taken(self, body: bytes) -> bool:
        self.n_sent += 1
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/v1/batch", body, {"Authorization": f"Bearer {self.key}"}
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def storm(product: Product, key: str, *, n_kills: int, seed: int) -> tuple[set[UUID], int]:
    """Kill so many times; gives the keys of all acknowledged events and how often a batch had to be sent again."""
    from muhatap.visits.segment import message_key

    is_over, dice = Event(), random.Random(seed)
    clients = [Client(number, product, key, is_over) for number in range(N_CLIENTS)]
    for client in clients:
        client.start()
    for n in range(n_kills):
        time.sleep(dice.uniform(0.3, 2.0))
        what = "database" if n % 5 == 4 else "web"
        while not product.kill(what):
            time.sleep(0.1)
        if n % 10 == 9:
            progress(f"killed {n + 1} of {n_kills}")
    time.sleep(3)
    is_over.set()
    for client in clients:
        client.join(2 * PATIENCE)
    taken = {UUID(bytes=message_key(one)) for client in clients for one in client.acknowledged}
    again = sum(client.n_sent - len(client.acknowledged) // BATCH for client in clients)
    return taken, again


def kept(data: Path) -> dict[UUID, int]:
    """How often each event stands in the table."""
    from collections import Counter

    from muhatap.visits.models import Event as Stored

    return Counter(Stored.objects.values_list("message_key", flat=True))
