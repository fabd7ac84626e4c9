"""A language model's server on this machine: it speaks the protocol in pieces or in one, keeps what it was asked, and misbehaves when told to."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from muhatap.assistant import setting
from muhatap.assistant.setting import Wanted
from tests import cast

KEY = "sk-ihlamur-0123456789"
Behaviour = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class ModelServer:
    """`says` is given in pieces; `behaves` answers instead of the protocol."""

    says: list[str] = field(default_factory=lambda: ["Merhaba, ", "kargonuz yolda."])
    behaves: Behaviour | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    url: str = ""
    gate: threading.Event = field(default_factory=threading.Event)

    @property
    def text(self) -> str:
        """All that went out last."""
        return "\n".join(message["content"] for message in self.asked[-1]["messages"])


def status(number: int, words: str = "", **headers: str) -> Behaviour:
    def answer(here: BaseHTTPRequestHandler) -> None:
        here.send_response(number)
        for name, value in headers.items():
            here.send_header(name, value)
        here.end_headers()
        here.wfile.write(words.encode())

    return answer


def body(words: str | bytes, type: str = "application/json") -> Behaviour:
    def answer(here: BaseHTTPRequestHandler) -> None:
        here.send_response(200)
        here.send_header("Content-Type", type)
        here.end_headers()
        here.wfile.write(words.encode() if isinstance(words, str) else words)

    return answer


def whole(text: Any) -> Behaviour:
    return body(json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}))


def stream(*pieces: str, is_whole: bool = True) -> bytes:
    told = [b": still here\n\n", b'data: {"choices":[{"delta":{"role":"assistant"}}]}\n\n']
    told += [b"data: " + json.dumps({"choices": [{"delta": {"content": one}}]}).encode() + b"\n\n" for one in pieces]
    return b"".join([*told, b"data: [DONE]\n\n" if is_whole else b""])


@pytest.fixture
def model_server(settings: Any) -> Iterator[ModelServer]:
    settings.ASSISTANT_MAY_BE_PRIVATE = True
    told = ModelServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            told.headers.append({name.lower(): value for name, value in self.headers.items()})
            told.paths.append(self.path)
            with contextlib.suppress(OSError):  # they hung up
                (told.behaves or body(stream(*told.says), "text/event-stream"))(self)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}/v1"
    yield told
    told.gate.set()
    server.shutdown()
    server.server_close()
    thread.join()


def wanted(server: ModelServer, **more: Any) -> Wanted:
    fields: dict[str, Any] = {
        "url": server.url, "model": "ihlamur-7b", "key": KEY, "seconds": 5, "does_draft": True, "does_summarise": True,
        "does_translate": True,
    }  # fmt: skip
    return Wanted(**(fields | more))


def turn_on(server: ModelServer, **more: Any) -> None:
    setting.change(wanted=wanted(server, **more), by=cast.selin(), at=cast.NOW)
