"""The marketplace's questions service: what changed between two moments, one question, and the answer to one.

Each call is one guarded request, bounded in time and size, following no redirect.
"""

import base64
import http.client
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings as installation

from muhatap.shared import outgoing, secrets

BASE = "https://apigw.trendyol.com"
WINDOW = timedelta(days=14)  # the longest span one question of ours may be about
PER_PAGE = 50
PATIENCE = 20.0  # seconds for a whole request
LARGEST = 4 * 1024 * 1024


class Incomplete(Exception):
    """The inbox does not say whose questions to ask for, or with which key."""


class Unreached(Exception):
    """Nothing usable came back; the text says what. `status` is what it answered, 0 for nothing."""

    def __init__(self, said: str, *, status: int = 0) -> None:
        super().__init__(said)
        self.status = status


@dataclass(frozen=True, kw_only=True)
class Access:
    """Whose questions, where, and with which key."""

    seller: str
    name: str
    secret: str
    base: str = BASE


@dataclass(frozen=True, kw_only=True)
class Page:
    questions: tuple[Mapping[str, Any], ...]
    is_last: bool


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    body: bytes


def access(settings: Mapping[str, Any]) -> Access:
    """Raises Incomplete, SecretLost."""
    seller, name = str(settings.get("seller") or ""), str(settings.get("api_name") or "")
    sealed = str(settings.get("api_secret_sealed") or "")
    if not (seller and name and sealed):
        raise Incomplete
    base = str(settings.get("base") or BASE).rstrip("/")
    return Access(seller=seller, name=name, secret=secrets.unseal(sealed), base=base)


def changed(to: Access, begin: datetime, end: datetime, page: int) -> Page:
    """A page of the questions of a span, the oldest change first, whatever their status. Raises Unreached."""
    told = {
        "supplierId": to.seller,
        "startDate": round(begin.timestamp() * 1000),
        "endDate": round(end.timestamp() * 1000),
        "page": page,
        "size": PER_PAGE,
        "orderByField": "LastModifiedDate",
        "orderByDirection": "ASC",
    }
    said = _good(_request(to, "GET", f"filter?{urlencode(told)}"))
    content = said.get("content") if isinstance(said, dict) else None
    if not isinstance(content, list):
        raise Unreached("a list of questions was expected")
    n_pages = said.get("totalPages")
    is_last = page + 1 >= n_pages if isinstance(n_pages, int) else len(content) < PER_PAGE
    return Page(questions=tuple(one for one in content if isinstance(one, dict)), is_last=is_last or not content)


def one(to: Access, number: str) -> Mapping[str, Any] | None:
    """How one question stands now; None when they know it no more. Raises Unreached."""
    answer = _request(to, "GET", quote(number, safe=""))
    if answer.status == http.client.NOT_FOUND:
        return None
    said = _good(answer)
    if not isinstance(said, dict):
        raise Unreached("a question was expected")
    return said


def reply(to: Access, number: str, text: str, on_handing: Callable[[], None]) -> Answer:
    """Say the answer; `on_handing` is called when there is a line, right before it is said. Raises Unreached."""
    body = json.dumps({"text": text}, ensure_ascii=False).encode()
    return _request(to, "POST", f"{quote(number, safe='')}/answers", body=body, on_handing=on_handing)


def _request(
    to: Access, method: str, path: str, *, body: bytes | None = None, on_handing: Callable[[], None] = lambda: None
) -> Answer:
    url = f"{to.base}/integration/qna/sellers/{quote(to.seller, safe='')}/questions/{path}"
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        raise Unreached("not a web address")
    place = parts.path + (f"?{parts.query}" if parts.query else "")
    may_be_private = bool(installation.WEBHOOKS_MAY_BE_PRIVATE)
    until = time.monotonic() + PATIENCE
    try:
        with outgoing.connected(parts, until=until, may_be_private=may_be_private) as connection:
            on_handing()
            connection.request(method, place, body=body, headers=_headers(to, parts.netloc, has_body=body is not None))
            answer = connection.getresponse()
            told = Answer(status=answer.status, body=answer.read(LARGEST + 1))
    except (OSError, http.client.HTTPException, ValueError, outgoing.Refused) as error:
        raise Unreached(str(error) or type(error).__name__) from error
    if len(told.body) > LARGEST:
        raise Unreached("more than 4 MB")
    return told


def _headers(to: Access, host: str, *, has_body: bool) -> dict[str, str]:
    key = base64.b64encode(f"{to.name}:{to.secret}".encode()).decode()
    told = {
        "Authorization": f"Basic {key}",
        "User-Agent": f"{to.seller} - SelfIntegration",
        "Accept": "application/json",
        "Host": host,
        "Connection": "close",
    }
    return told | ({"Content-Type": "application/json"} if has_body else {})


def _good(answer: Answer) -> Any:
    if answer.status != http.client.OK:
        raise Unreached(f"{answer.status}", status=answer.status)
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise Unreached(f"no JSON: {error}") from error
