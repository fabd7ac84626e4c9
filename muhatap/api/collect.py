"""DOOR for web sites: the Segment protocol. An event is answered when it is on the disk, and never before.

The answer is always exactly 200 with JSON, as clients expect: a bad event inside a good request is kept from nobody else, it
stands on the site's page with its reason. 400 is for a body nobody can read, 408 for one that came too slowly, 429 for too many, 503
when we cannot keep it now; clients come again after the last three.
"""

import json
import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from muhatap.api import wrapped
from muhatap.api.collector import collector
from muhatap.api.wrapped import Headers, Refuse
from muhatap.shared import clock
from muhatap.shared.limits import Buckets, Limit
from muhatap.visits import nameless, segment, unnamed
from muhatap.visits.segment import KINDS, LETTERS, Refused, Request, Row, Unreadable
from muhatap.visits.sites import SERVER_KEY, Standing
from muhatap.visits.writing import Busy, Lost

log = logging.getLogger(__name__)
CALLS = (
    {f"/v1/{name}": name for name in (*KINDS, "batch")}
    | {f"/v1/{letter}": name for letter, name in LETTERS.items()}
    | {"/beacon/v1/batch": "batch"}
)
FROM_ONE_BROWSER = Limit(burst=300, per_minute=1200)
OK, TRY_AGAIN = b'{"success":true}', b'{"success":false,"message":"try again"}'
COME_AGAIN = 2  # seconds, after 503
BUCKETS = Buckets()


class Said(NamedTuple):
    """An answer."""

    status: int
    body: bytes
    headers: Headers


TAKEN = Said(200, OK, [])


class Read(NamedTuple):
    """What a request holds, and of which site."""

    site: Standing
    call: str
    at: datetime
    rows: list[Row]
    refused: list[Refused]


def is_ours(path: str) -> bool:
    return (
        path in CALLS or path == "/sourceConfig/" or (path.startswith("/v1/projects/") and path.endswith("/settings"))
    )


async def answer(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """One request to any of the collector's addresses."""
    headers = dict(scope["headers"])
    if scope["method"] == "OPTIONS":
        await _send(send, Said(204, b"", wrapped.cors(headers)))
        return
    try:
        said = Said(200, await _answered(scope, headers, receive), wrapped.cors(headers))
    except ConnectionAbortedError:
        return
    except Exception as trouble:
        said = _sorry(trouble, headers)
    await _send(send, said)


def at_once(scope: dict[str, Any], body: bytes, tell: Callable[[Said], None]) -> bool:
    """Take a POST to one of CALLS whose body is here; `tell` hears the answer once it is true, without a task that waits for it.

    False, and nothing has happened, where somebody has to be asked first whose key it is: `answer` does that.
    """
    headers = dict(scope["headers"])
    said: Said | None = None
    try:
        mine, call, key = collector(), CALLS[scope["path"]], wrapped.key(headers, scope)
        request = None if key else _opened(body, headers, call)
        key = key or (request.write_key if request else "")
        standing = mine.known(key)
        if standing is None:
            return False
        site = _let_in(standing, key, scope, headers)
        if site is None:
            said = Said(200, OK, wrapped.cors(headers))
        else:
            read = _read(request or _opened(body, headers, call), call, site, scope, headers)
            mine.writer.put(read.rows, lambda kept: tell(_concluded(read, kept, headers)))
    except Exception as trouble:
        said = _sorry(trouble, headers)
    if said is not None:
        tell(said)  # out here: an answer that fails on its way is not followed by another one
    return True


def _concluded(read: Read, kept: list[Row] | Exception, headers: dict[bytes, bytes]) -> Said:
    try:
        if isinstance(kept, Exception):
            raise kept
        _conclude(read, kept)
        return Said(200, OK, wrapped.cors(headers)) if b"origin" in headers else TAKEN
    except Exception as trouble:
        return _sorry(trouble, headers)


async def _answered(scope: dict[str, Any], headers: dict[bytes, bytes], receive: Any) -> bytes:
    call = CALLS.get(scope["path"])
    if scope["method"] == "GET" and call is None:
        return await _settings(scope)
    if scope["method"] != "POST" or call is None:
        raise Refuse(405, "POST events here")
    mine, key = collector(), wrapped.key(headers, scope)
    site = _let_in(await mine.site(key), key, scope, headers) if key else None
    if key and site is None:
        return OK
    request = _opened(await wrapped.body(receive), headers, call)
    site = site or _let_in(await mine.site(request.write_key), request.write_key, scope, headers)
    if site is None:
        return OK
    read = _read(request, call, site, scope, headers)
    _conclude(read, await mine.writer.write(read.rows))
    return OK


def _opened(body: bytes, headers: dict[bytes, bytes], call: str) -> Request:
    """Raises Refuse 400."""
    try:
        return segment.opened(wrapped.plain(body, headers), call=call)
    except Unreadable as error:
        raise Refuse(400, str(error)) from error


def _read(request: Request, call: str, site: Standing, scope: dict[str, Any], headers: dict[bytes, bytes]) -> Read:
    read = Read(site, call, clock.now(), [], [])
    for one in _each(request, read, scope, headers):
        if isinstance(one, Row):
            read.rows.append(one)
        else:
            read.refused.append(one)
    return read


def _each(request: Request, read: Read, scope: dict[str, Any], headers: dict[bytes, bytes]) -> Iterator[Row | Refused]:
    site = read.site
    browser: dict[str, Any] = _of_browser(site, scope, headers)
    told: dict[str, Any] = {"call": read.call, "site_id": site.id, "received_at": read.at, "by_server": site.by_server}
    return _unnamed(request, site, told, browser) if site.is_nameless else segment.rows(request, **told, **browser)


def _unnamed(
    request: Request, site: Standing, told: dict[str, Any], browser: dict[str, str]
) -> Iterator[Row | Refused]:
    salt, here = collector().salt, browser.get("nameless")

    def name(said: str) -> str:
        if here or not said:  # all who are called nothing would be one visitor
            return here or ""
        return nameless.name(salt=salt, site_id=site.id, address=said, user_agent="")

    for part in unnamed.parts(request, call=told["call"], name=name):
        if isinstance(part, Refused):
            yield part
        else:
            told |= browser | {"nameless": part[1]}
            yield from segment.rows(part[0], **told)


def _conclude(read: Read, unstorable: list[Row]) -> None:
    """What there is to note when the rows are kept. Raises Refuse 400 for a single event that is too large."""
    refused = read.refused + [Refused("unstorable", "", segment.sample(row.payload)) for row in unstorable]
    collector().note(read.site.id, refused, read.at, has_sent=bool(read.rows))
    if read.call != "batch" and refused and refused[0].reason == "large":
        raise Refuse(400, refused[0].detail)


def _sorry(trouble: Exception, headers: dict[bytes, bytes]) -> Said:
    """The answer to who was refused, or whose events are not known to be kept."""
    if isinstance(trouble, Refuse):
        more = wrapped.waiting(trouble.wait) if trouble.wait else []
        body = json.dumps({"success": False, "message": trouble.said}).encode()
        return Said(trouble.status, body, [*wrapped.cors(headers), *more])
    if not isinstance(trouble, Busy | Lost):  # not foreseen: it keeps nothing either, so nobody may think that it did
        log.error("a request with events was not understood", exc_info=trouble)
    return Said(503, TRY_AGAIN, [*wrapped.cors(headers), *wrapped.waiting(COME_AGAIN)])


def _let_in(site: Standing | None, key: str, scope: dict[str, Any], headers: dict[bytes, bytes]) -> Standing | None:
    """The site of this key, or None for whom it is noted and answered as if all were well. Raises Refuse 429."""
    mine, at = collector(), clock.now()
    origin = headers.get(b"origin", b"").decode("latin-1")
    if site is None or not site.is_on:
        mine.note(
            site.id if site else None, [Refused("key", key[:10] if key.startswith(SERVER_KEY) else key[:40], "")], at
        )
        return None
    if origin and site.by_server:
        mine.note(site.id, [Refused("exposed", origin[:300], "")], at)
        return None
    if origin and not site.lets_in(origin) and not _is_own(scope, headers, origin):
        mine.note(site.id, [Refused("origin", origin[:300], "")], at)
        return None
    if wait := _too_fast(site, key, _address(scope), is_browser=bool(origin)):
        raise Refuse(429, "too many requests", int(wait) + 1)
    return site


def _too_fast(site: Standing, key: str, address: str, *, is_browser: bool) -> float:
    """Seconds to wait. One address alone never takes all that a site may send."""
    half, whole = _limits(site.per_second)
    wait = BUCKETS.take("address", f"{site.id} {address}", FROM_ONE_BROWSER if is_browser else half)
    return wait or BUCKETS.take("site", key, whole)


@lru_cache
def _limits(per_second: int) -> tuple[Limit, Limit]:
    """Of one address, and of the whole site."""
    half = Limit(burst=per_second, per_minute=30 * per_second)
    return half, Limit(burst=2 * per_second, per_minute=60 * per_second)


def _of_browser(site: Standing, scope: dict[str, Any], headers: dict[bytes, bytes]) -> dict[str, str]:
    """What only a visitor's own browser tells by calling; a server that calls speaks for others and says it in the event."""
    if b"origin" not in headers:
        return {}
    agent, address = headers.get(b"user-agent", b"").decode("latin-1"), _address(scope)
    called = nameless.name(salt=collector().salt, site_id=site.id, address=address, user_agent=agent)
    return {"user_agent": agent, "nameless": called}


def _is_own(scope: dict[str, Any], headers: dict[bytes, bytes], origin: str) -> bool:
    """A page of ours, such as the demo shop's."""
    return origin == f"{scope.get('scheme')}://{headers.get(b'host', b'').decode('latin-1')}"


def _address(scope: dict[str, Any]) -> str:
    return str((scope.get("client") or ("",))[0])


async def _settings(scope: dict[str, Any]) -> bytes:
    """What browser libraries ask for when they start: where events go, and that no other system gets them. Raises Refuse 404."""
    is_segment = scope["path"].startswith("/v1/projects/")
    query = parse_qs(scope["query_string"].decode("latin-1"))
    key = scope["path"].split("/")[3] if is_segment else query.get("writeKey", [""])[0]
    site = await collector().site(key)
    if site is None or not site.is_on:
        raise Refuse(404, "no such write key")
    host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
    if is_segment:
        sending = {"apiKey": key, "apiHost": f"{host}/v1", "protocol": scope.get("scheme", "https")}
        # Whether our own tracker may know anybody: what it asks before it stores anything.
        consent = {"consent": "never" if site.is_nameless else "asked"}
        return json.dumps({"integrations": {"Segment.io": sending}, "plan": {}, "muhatap": consent}).encode()
    source = {"id": str(site.id), "name": site.name, "writeKey": key, "enabled": True, "workspaceId": "muhatap"}
    return json.dumps({"source": source | {"config": {}, "connections": [], "destinations": []}}).encode()


async def _send(send: Any, said: Said) -> None:
    headers = [*wrapped.always(said.body), *said.headers]
    await send({"type": "http.response.start", "status": said.status, "headers": headers})
    await send({"type": "http.response.body", "body": said.body})
