"""One question to a server that speaks the protocol of OpenAI's chat completions, guarded, bounded in time and size.

We ask for the answer piece by piece, so that progress can be shown and an answer nobody wants any more is given up; a server that
answers in one piece is understood too. Only what every server of this kind knows is sent: model, messages, stream.
"""

import contextlib
import http.client
import json
import re
import socket
import time
import unicodedata
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any
from urllib.parse import SplitResult, urlsplit

from muhatap.assistant.trouble import Trouble
from muhatap.shared import outgoing
from muhatap.shared.text import without_nul

LARGEST = 1024 * 1024  # bytes of the whole answer, wrapping and all
LONGEST = 20_000  # characters of text
LONGEST_URL = 1000
N_EXCERPT = 300
PULSE = 0.5  # seconds of silence after which we ask whether the answer is still wanted
AGENT = "Muhatap-Assistant/1"
STATUSES = {
    400: Trouble.REFUSED, 401: Trouble.KEY, 403: Trouble.KEY, 404: Trouble.MODEL, 405: Trouble.MODEL, 408: Trouble.SLOW,
    413: Trouble.REFUSED, 422: Trouble.REFUSED, 429: Trouble.BUSY, 503: Trouble.BUSY, 529: Trouble.BUSY,
}  # fmt: skip
_THOUGHT = re.compile(r"\A\s*<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL)  # models of one's own think aloud
_UNSEEN = {"Cf", "Cc", "Cs", "Co"}

Hear = Callable[[int], bool]


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where to ask. `may_be_private`: the installation lets us ask our own neighbours."""

    url: str
    model: str
    key: str
    seconds: float
    may_be_private: bool


class NotAnswered(Exception):
    """No answer: the kind of trouble, and the other side's words."""

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        super().__init__(detail or trouble.value)
        self.trouble, self.detail = trouble, detail


class NotWanted(Exception):
    """Whoever asked does not want the answer any more."""


def ask(place: Place, *, instructions: str, text: str, hear: Hear = lambda _n: True) -> str:
    """The answer as plain text. `hear` is told how many characters came, and says whether to go on.

    Raises NotAnswered, NotWanted.
    """
    until = time.monotonic() + place.seconds
    try:
        return _text(_heard(place, instructions, text, hear, until=until))
    except NotAnswered as error:
        if time.monotonic() >= until and error.trouble in (Trouble.TORN, Trouble.UNREADABLE):
            raise NotAnswered(Trouble.SLOW) from error
        raise NotAnswered(error.trouble, _excerpt(error.detail, place.key)) from error
    except outgoing.Unguarded as error:
        raise NotAnswered(Trouble.INSECURE) from error
    except outgoing.Refused as error:
        trouble = Trouble.PRIVATE if "public net" in str(error) or "own line" in str(error) else Trouble.UNREACHED
        raise NotAnswered(trouble, str(error)) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        is_late = isinstance(error, TimeoutError) or time.monotonic() >= until
        raise NotAnswered(_of_line(error, is_late), _excerpt(str(error), place.key)) from error


def whole(url: str) -> str:
    """The address that is asked: what was entered may end before `/chat/completions`. Raises NotAnswered."""
    parts = _parts(url)
    path = parts.path.rstrip("/")
    if not path.endswith("/chat/completions"):
        path = f"{path or '/v1'}/chat/completions"
    return parts._replace(path=path, fragment="").geturl()


def host(url: str) -> str:
    """Whom a key belongs to: scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise NotAnswered(Trouble.ADDRESS) from error
    is_plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST_URL
    if not is_whole or not is_plain or parts.username is not None or parts.password is not None:
        raise NotAnswered(Trouble.ADDRESS)
    return parts


class _Line:
    """Between who waits for an answer and the thread that asks: how far it is, and a way to hang up."""

    def __init__(self) -> None:
        self.told: SimpleQueue[int | None] = SimpleQueue()  # None: it is over
        self.socket: socket.socket | None = None
        self.is_over = False

    def heard(self, n: int) -> int | None:
        """What comes next; in silence the same again."""
        try:
            return self.told.get(timeout=PULSE)
        except Empty:
            return n

    def open(self, line: socket.socket) -> None:
        """Raises NotWanted when whoever asked is gone already: then nothing is sent."""
        self.socket = line
        if self.is_over:
            raise NotWanted

    def hang_up(self) -> None:
        self.is_over = True
        with contextlib.suppress(OSError):
            if self.socket:
                self.socket.shutdown(socket.SHUT_RDWR)


def _heard(place: Place, instructions: str, text: str, hear: Hear, *, until: float) -> str:
    """The answer. It is asked for on a thread of its own, so that nobody who wants it no longer waits for a silent server."""
    line = _Line()
    asking = ThreadPoolExecutor(max_workers=1, thread_name_prefix="assistant")
    answer = asking.submit(_asked, place, instructions, text, line, until=until)
    answer.add_done_callback(lambda _answer: line.told.put(None))
    asking.shutdown(wait=False)
    n = 0
    try:
        while (told := line.heard(n)) is not None:
            n = told
            if not hear(n):
                raise NotWanted
    finally:
        line.hang_up()
    return answer.result()


def _asked(place: Place, instructions: str, text: str, line: _Line, *, until: float) -> str:
    parts = _parts(whole(place.url))
    if parts.scheme != "https" and not place.may_be_private:
        raise NotAnswered(Trouble.INSECURE)
    messages = [{"role": "system", "content": instructions}, {"role": "user", "content": text}]
    body = json.dumps({"model": place.model, "messages": messages, "stream": True}, ensure_ascii=False).encode()
    headers = {
        "Host": parts.netloc, "Content-Type": "application/json", "Accept": "text/event-stream, application/json",
        "Accept-Encoding": "identity", "User-Agent": AGENT, "Connection": "close",
    }  # fmt: skip
    if place.key:
        headers["Authorization"] = f"Bearer {place.key}"
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    may = place.may_be_private
    with outgoing.connected(parts, until=until, may_be_private=may, is_guarded=True) as connection:
        line.open(connection.sock)
        connection.request("POST", path, body=body, headers=headers)
        answer = connection.getresponse()
        if answer.status != 200:
            raise _refusal(answer)
        if answer.headers.get_content_type() == "text/event-stream":
            return _in_pieces(answer, line.told.put)
        return _in_one_piece(answer)


def _refusal(answer: http.client.HTTPResponse) -> NotAnswered:
    if answer.status in outgoing.REDIRECTS:
        return NotAnswered(Trouble.MOVED, answer.headers.get("Location", ""))
    words = answer.read(4000).decode("utf-8", "replace")
    with contextlib.suppress(ValueError, RecursionError):
        words = _message(json.loads(words)) or words
    trouble = STATUSES.get(answer.status, Trouble.BROKEN if answer.status >= 500 else Trouble.REFUSED)
    if trouble == Trouble.REFUSED and "model" in words.lower() and "not" in words.lower():
        trouble = Trouble.MODEL  # some say 400 of a model they do not know
    return NotAnswered(trouble, f"{answer.status} {words}")


def _in_one_piece(answer: http.client.HTTPResponse) -> str:
    content = answer.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise NotAnswered(Trouble.TOO_LARGE)
    told = _json(content)
    if message := _message(told):
        raise NotAnswered(Trouble.BROKEN, message)
    try:
        return _said(told["choices"][0]["message"]["content"])
    except (KeyError, IndexError, TypeError) as error:
        raise NotAnswered(Trouble.UNREADABLE, content[:N_EXCERPT].decode("utf-8", "replace")) from error


def _in_pieces(answer: http.client.HTTPResponse, tell: Callable[[int], None]) -> str:
    pieces: list[str] = []
    n = 0
    for event in _events(answer):
        if event is None:
            return "".join(pieces)
        if message := _message(event):
            raise NotAnswered(Trouble.BROKEN, message)
        piece = _piece(event)
        pieces.append(piece)
        n += len(piece)
        if n > LONGEST:
            raise NotAnswered(Trouble.TOO_LARGE)
        tell(n)
    raise NotAnswered(Trouble.TORN if pieces else Trouble.UNREADABLE)


def _events(answer: http.client.HTTPResponse) -> Iterator[Any]:
    """What the stream tells, piece by piece; None is its proper end."""
    n_bytes = 0
    while line := answer.readline(LARGEST + 1):
        n_bytes += len(line)
        if n_bytes > LARGEST:
            raise NotAnswered(Trouble.TOO_LARGE)
        if not line.startswith(b"data:"):
            continue  # signs of life, names of events, empty lines
        content = line[5:].strip()
        if content == b"[DONE]":
            yield None
            return
        yield _json(content)


def _piece(event: Any) -> str:
    try:
        choices = event["choices"]
        return _said((choices[0].get("delta") or {}).get("content")) if choices else ""
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise NotAnswered(Trouble.UNREADABLE, json.dumps(event)[:N_EXCERPT]) from error


def _said(content: Any) -> str:
    """Text, or a list of parts of which some are text."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
    raise TypeError("neither text nor parts")


def _message(told: Any) -> str:
    """What a server says of an error, in any of the ways they do."""
    error = told.get("error") if isinstance(told, dict) else None
    if isinstance(error, dict):
        return str(error.get("message") or error)
    return str(error or "")


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise NotAnswered(Trouble.UNREADABLE, content[:N_EXCERPT].decode("utf-8", "replace")) from error


def _text(answer: str) -> str:
    """Plain text without what nobody sees: no thinking aloud, no signs that turn the direction of reading."""
    spoken = _THOUGHT.sub("", answer)
    seen = "".join(one for one in spoken if one in "\n\t\u200d" or unicodedata.category(one) not in _UNSEEN)
    plain = without_nul(seen).strip()
    if not plain:
        raise NotAnswered(Trouble.EMPTY)
    if len(plain) > LONGEST:
        raise NotAnswered(Trouble.TOO_LARGE)
    return plain


def _of_line(error: Exception, is_late: bool) -> Trouble:
    if is_late:
        return Trouble.SLOW
    if isinstance(error, http.client.IncompleteRead):
        return Trouble.TORN
    return Trouble.UNREADABLE if isinstance(error, http.client.BadStatusLine | ValueError) else Trouble.UNREACHED


def _excerpt(words: str, key: str) -> str:
    """Their words on one line, never with the key in them: some say it back."""
    plain = " ".join(without_nul(words.replace(key, "…") if key else words).split())
    return plain[:N_EXCERPT]
