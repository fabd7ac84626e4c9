"""One polite request to a source: guarded against our own neighbours, bounded in size and time, its wishes for a pause kept."""

import http.client
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

from django.conf import settings as installation

from muhatap.channels.listening.trouble import Trouble
from muhatap.shared import outgoing

PATIENCE = 20.0  # seconds for a whole answer, redirects and all
LARGEST = 10 * 1024 * 1024
MAX_REDIRECTS = 3
AGENT = "Muhatap-Listening/1"
LONGEST_WAIT = timedelta(hours=24)  # more than a day off nobody is let talk us into
WORDS_KEPT = 300
_SINCE_1970 = 1_000_000_000  # a number this large is a moment and no pause


class NotHeard(Exception):
    """A look brought nothing: the kind of trouble, the other side's words, and how long it wants to be left alone.

    `was_handed`: the request had left when the line broke, so nobody knows whether it was taken. `mark` is set by a look that
    has something to keep all the same.
    """

    mark: Mapping[str, Any] | None = None

    def __init__(
        self, trouble: Trouble, detail: str = "", *, wait: timedelta | None = None, was_handed: bool = False
    ) -> None:
        super().__init__(detail or trouble.value)
        self.trouble, self.detail, self.wait, self.was_handed = trouble, detail, wait, was_handed


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back; header names are in lower case."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    url: str

    def json(self) -> Any:
        """Raises NotHeard when it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise NotHeard(Trouble.UNREADABLE, f"{type(error).__name__}: {error}"[:WORDS_KEPT]) from error

    @property
    def wait(self) -> timedelta | None:
        """The pause it asks for: seconds or a date in Retry-After, or the moment its limit is lifted, by its own clock."""
        return self._until(self.headers.get("retry-after", "")) or self._until_reset()

    def _until_reset(self) -> timedelta | None:
        if self.headers.get("x-ratelimit-remaining", "") != "0" and self.headers.get("ratelimit-remaining", "") != "0":
            return None
        return self._until(self.headers.get("x-ratelimit-reset", "") or self.headers.get("ratelimit-reset", ""))

    def _until(self, told: str) -> timedelta | None:
        """Seconds, a moment as seconds since 1970, or a date; never more than a day. Moments need to know what time it is there."""
        now = _moment(self.headers.get("date", ""))
        try:
            seconds = float(told)
            since = 0.0 if seconds <= _SINCE_1970 else now.timestamp() if now else seconds
            pause: timedelta | None = timedelta(seconds=seconds - since)
        except (ValueError, OverflowError):
            moment = _moment(told)
            pause = moment - now if moment and now else None
        return min(max(pause, timedelta(0)), LONGEST_WAIT) if pause is not None else None


def ask(
    url: str,
    *,
    method: str = "GET",
    params: Sequence[tuple[str, str]] = (),
    headers: Mapping[str, str] | None = None,
    body: Any = None,
) -> Answer:
    """Ask, and follow redirects of a GET; `body` goes as JSON unless it is bytes. Raises NotHeard for every answer that is an error."""
    until = time.monotonic() + PATIENCE
    told, url = dict(headers or {}), f"{url}{'&' if '?' in url else '?'}{urlencode(params)}" if params else url
    for _hop in range(MAX_REDIRECTS + 1):
        answer = _asked(url, method, told, body, until=until)
        if answer.status not in outgoing.REDIRECTS or method != "GET":
            return _checked(answer)
        there = urljoin(url, answer.headers.get("location", ""))
        if not is_same_place(url, there):
            told.pop("Authorization", None)  # our access is nobody else's business
        url = there
    raise NotHeard(Trouble.REFUSED, "too many redirects")


def is_same_place(url: str, there: str) -> bool:
    """Whether what may be said to the one address may be said to the other: the same host, and as secret as before."""
    here, next = urlsplit(url), urlsplit(there)
    return here.netloc == next.netloc and next.scheme in (here.scheme, "https")


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def _asked(url: str, method: str, headers: Mapping[str, str], body: Any, *, until: float) -> Answer:
    parts = _parts(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    sent, type = _sent(body)
    told = {"User-Agent": AGENT, "Host": parts.netloc, "Accept-Encoding": "identity", "Connection": "close"}
    has_left = False
    try:
        with outgoing.connected(parts, until=until, may_be_private=_may_be_private()) as connection:
            has_left = method != "GET"
            connection.request(method, path, body=sent, headers={**told, **type, **headers})
            answer = connection.getresponse()
            content = answer.read(LARGEST + 1)
            found = {name.lower(): value for name, value in answer.getheaders()}
    except outgoing.Refused as error:
        raise NotHeard(Trouble.PRIVATE if "public net" in str(error) else Trouble.AWAY, str(error)) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        words = str(error) or error.__class__.__name__
        raise NotHeard(Trouble.AWAY, words[:WORDS_KEPT], was_handed=has_left) from error
    if len(content) > LARGEST:
        raise NotHeard(Trouble.TOO_LARGE, "more than 10 MB")
    return Answer(status=answer.status, body=content, headers=found, url=url)


def _sent(body: Any) -> tuple[bytes | None, dict[str, str]]:
    if body is None or isinstance(body, bytes):
        return body, {}
    return json.dumps(body, ensure_ascii=False).encode(), {"Content-Type": "application/json"}


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 (reading it is what checks it)
    except ValueError as error:
        raise NotHeard(Trouble.INCOMPLETE, "not an address") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise NotHeard(Trouble.INCOMPLETE, "only http and https")
    if parts.username is not None or parts.password is not None:  # it would be sent as part of the host's name
        raise NotHeard(Trouble.INCOMPLETE, "no user name and password in an address")
    return parts


def _checked(answer: Answer) -> Answer:
    if answer.status < 400:
        return answer
    words = " ".join(answer.body[:4000].decode("utf-8", "replace").replace("\x00", "").split())[:WORDS_KEPT]
    raise NotHeard(_trouble(answer), f"{answer.status} {words}".strip(), wait=answer.wait)


def _trouble(answer: Answer) -> Trouble:
    if answer.status == 403 and answer.wait:
        return Trouble.BUSY
    kinds = {401: Trouble.LOGIN, 403: Trouble.LOGIN, 404: Trouble.GONE, 410: Trouble.GONE}
    busy = {420: Trouble.BUSY, 429: Trouble.BUSY, 503: Trouble.BUSY}
    return (kinds | busy).get(answer.status, Trouble.REFUSED)


def _moment(told: str) -> datetime | None:
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = read(told)
        except (ValueError, TypeError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def _may_be_private() -> bool:
    """The installation's one switch for addresses of its own net, the same as for webhooks and shops."""
    return bool(getattr(installation, "WEBHOOKS_MAY_BE_PRIVATE", False))
