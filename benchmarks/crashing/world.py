"""The world outside, in a process of its own that nobody kills: a mailbox, the server that brings mail to it, and the one
that takes our answers.

    python -m benchmarks.crashing.world SEED

The first line printed says at which ports; then each line read is answered with how often each Message-ID was taken.
"""

import json
import random
import re
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from types import TracebackType

from aiosmtpd.smtp import Envelope

from tests.servers import HOST, PASSWORD, ImapServer, SmtpServer

ADDRESS = "destek@ihlamurev.example"
MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)
SLOWEST = 0.4  # seconds a real server may think before it says that it took a mail


class Sink(SmtpServer):
    """Takes everything, and thinks a while before it says so: time enough to be killed in."""

    dice = random.Random(0)

    def _deliver(self, envelope: Envelope) -> None:
        time.sleep(self.dice.uniform(0, SLOWEST))


class World:
    """The process seen from outside."""

    def __init__(self, seed: int) -> None:
        command = [sys.executable, "-m", "benchmarks.crashing.world", str(seed)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        ports = json.loads(self._ask(None))
        self.imap_port, self.mx_port, self.sink_port = ports["imap"], ports["mx"], ports["sink"]

    def taken(self) -> dict[str, int]:
        """How often each Message-ID was accepted by the sink."""
        counts: dict[str, int] = json.loads(self._ask("taken"))
        return counts

    def inbox_settings(self, sealed: str) -> dict[str, object]:
        """The settings of an e-mail inbox that lives in this world."""
        return {
            "auth": "password",
            "imap_host": HOST,
            "imap_port": self.imap_port,
            "imap_security": "plain",
            "imap_user": ADDRESS,
            "imap_password_sealed": sealed,
            "smtp_host": HOST,
            "smtp_port": self.sink_port,
            "smtp_security": "plain",
        }

    def __enter__(self) -> "World":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(BrokenPipeError):
            self._process.stdin.close()  # type: ignore[union-attr]
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()  # type: ignore[union-attr]

    def _ask(self, question: str | None) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        if question is not None:
            self._process.stdin.write(f"{question}\n")
            self._process.stdin.flush()
        return self._process.stdout.readline()


def main(seed: int) -> None:
    imap = ImapServer().start()
    imap.add(ADDRESS)
    mx, sink = SmtpServer(imap).start(), Sink().start()
    Sink.dice = random.Random(seed)
    print(json.dumps({"imap": imap.port, "mx": mx.port, "sink": sink.port}), flush=True)
    for _line in sys.stdin:
        found = (MESSAGE_ID.search(content) for content in list(sink.contents))
        print(json.dumps(Counter(match[1].decode() if match else "" for match in found)), flush=True)
    for server in (mx, sink, imap):
        server.stop()


__all__ = ["ADDRESS", "HOST", "PASSWORD", "SLOWEST", "World"]

if __name__ == "__main__":
    main(int(sys.argv[1]))
