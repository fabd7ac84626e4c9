"""Another system that is told: a real HTTP server of this machine that verifies what it gets, and misbehaves when asked to."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from muhatap.webhooks.endpoints import EVENTS


@dataclass
class Got:
    """One request as it arrived."""

    headers: dict[str, str]
    body: str

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def told(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.body)
        return told

    def is_signed_with(self, secret: str) -> bool:
        """As the guide tells others to verify, not by our own code."""
        signed = f"{self.id}.{self.headers['webhook-timestamp']}.{self.body}".encode()
        digest = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
        return f"v1,{base64.b64encode(digest).decode()}" in self.headers["webhook-signature"].split()


@dataclass
class Receiver:
    """`answers` are given in turn, the last one for ever; `drop` ends the line without an answer."""

    answers: list[int] = field(default_factory=lambda: [204])
    got: list[Got] = field(default_factory=list)
    said: str = "olmadı"
    url: str = ""

    def next(self) -> int:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    @property
    def types(self) -> list[str]:
        return [one.told["type"] for one in self.got]


DROP = 0


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOKS_MAY_BE_PRIVATE = True
    told = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            told.got.append(Got({name.lower(): value for name, value in self.headers.items()}, body))
            status = told.next()
            if status == DROP:
                return self.connection.close()
            self.send_response(status)
            self.send_header("Location", told.url)
            self.end_headers()
            self.wfile.write(told.said.encode())
            return None

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}/muhatap?depo=1"
    yield told
    server.shutdown()
    server.server_close()
    thread.join()


ALL = list(EVENTS)
