"""The marketplace's questions service as its public documentation describes it: a real HTTP server of this machine."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests import cast

SELLER = "99"


def question(number: int = 456, **more: Any) -> dict[str, Any]:
    """As "Getting Customer Questions" shows one."""
    return {
        "answer": None,
        "answeredDateMessage": "",
        "creationDate": int(cast.NOW.timestamp() * 1000) - 600_000,
        "customerId": 20871,
        "id": number,
        "imageUrl": "https://cdn.example/nevresim.jpg",
        "productName": "Keten nevresim, çift kişilik",
        "public": True,
        "reason": "",
        "rejectedAnswer": None,
        "rejectedDate": 0,
        "reportReason": "",
        "reportedDate": 0,
        "showUserName": True,
        "status": "WAITING_FOR_ANSWER",
        "text": "Merhaba, kumaşı yıkamada çeker mi?",
        "userName": "Ayşe Yılmaz",
        "webUrl": "https://www.trendyol.com/ihlamur-ev/keten-nevresim-p-10482",
    } | more


@dataclass
class Marketplace:
    """`drop` ends the line once an answer was read; `status` is what is said to whoever answers."""

    questions: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str], dict[str, str]]] = field(default_factory=list)
    answered: list[tuple[str, str]] = field(default_factory=list)
    status: int = 200
    listing_status: int = 200
    says: object = None
    drops: bool = False
    per_page: int = 50
    url: str = ""

    def has(self, *some: dict[str, Any]) -> None:
        self.questions |= {str(one["id"]): one for one in some}

    def listed(self, query: dict[str, str]) -> dict[str, Any]:
        page, every = int(query["page"]), list(self.questions.values())
        begin, end = int(query["startDate"]), int(query["endDate"])
        assert 0 < end - begin <= 14 * 86_400_000 and int(query["size"]) <= 50 and query["supplierId"] == SELLER
        found = [one for one in every if begin <= one["creationDate"] <= end]
        some = found[page * self.per_page : (page + 1) * self.per_page]
        return {"content": some, "page": page, "totalPages": -(-len(found) // self.per_page)}


@pytest.fixture
def marketplace(settings: Any) -> Iterator[Marketplace]:
    settings.WEBHOOKS_MAY_BE_PRIVATE = True
    told = Marketplace()
    base = f"/integration/qna/sellers/{SELLER}/questions/"

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            told.asked.append((parts.path, query, dict(self.headers)))
            what = parts.path.removeprefix(base)
            if what == "filter":
                self._say(told.listing_status, told.listed(query))
            else:
                self._say(200 if what in told.questions else 404, told.questions.get(what, {}))

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            told.answered.append((self.path.removeprefix(base), body["text"]))
            if told.drops:
                self.connection.close()
            else:
                self._say(told.status, {"answerId": 77} if told.says is None else told.says)

        def _say(self, status: int, said: object) -> None:
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}"
    yield told
    server.shutdown()
    server.server_close()
    thread.join()
