"""Connections of the web process: uvicorn's own, with a short way for events (docs/decisions/0047-events-take-a-short-way.md).

A request with events that arrived whole is handed to the collector at once and answered from the commit. No task of its own waits
for that, and no coroutine receives and sends: they cost more than reading, checking and keeping the event. Whatever is not so
simple (a body in pieces, a second request before the first is answered, a client that does not read) goes the usual way.
"""

from contextlib import suppress
from functools import lru_cache, partial
from typing import Any, cast

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

import muhatap.config.wsgi  # noqa: F401  loads the apps, so it comes before what uses them

from muhatap.api import collect, wrapped  # isort: skip
from muhatap.api.collect import Said  # isort: skip
from muhatap.api.wrapped import Headers  # isort: skip


class Line(HttpToolsProtocol):
    """One connection."""

    is_reading = False
    held: RequestResponseCycle | None = None  # whose headers came with the bytes that are being read

    def data_received(self, data: bytes) -> None:
        self.is_reading = True
        try:
            super().data_received(data)
        finally:
            self.is_reading = False
        if self.held is not None:
            cycle, self.held = self.held, None
            if not self._is_taken(cycle):
                super()._start_asgi_task(cycle, self.app)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        is_simple = self.is_reading and self.held is None and app is self.app
        if is_simple and cycle.scope["method"] == "POST" and cycle.scope["path"] in collect.CALLS:
            self.held = cycle
        else:
            super()._start_asgi_task(cycle, app)

    def _is_taken(self, cycle: RequestResponseCycle) -> bool:
        if cycle.more_body or self.flow.write_paused or self.transport.is_closing():
            return False
        scope = cast(dict[str, Any], cycle.scope)
        if isinstance(self.app, ProxyHeadersMiddleware):
            _believe(self.app, scope)
        return collect.at_once(scope, bytes(cycle.body), partial(self._say, cycle))

    def _say(self, cycle: RequestResponseCycle, said: Said) -> None:
        if cycle.disconnected or self.transport.is_closing():
            return
        head = _TAKEN if said is collect.TAKEN else _head(said)
        ends = b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n"
        self.transport.write(head + _lines(self.server_state.default_headers) + ends + said.body)
        cycle.response_started = cycle.response_complete = True
        if not cycle.keep_alive:
            self.transport.close()
        cycle.on_response()


def _head(said: Said) -> bytes:
    return STATUS_LINE[said.status] + _lines(wrapped.always(said.body)) + _lines(said.headers)


def _lines(headers: Headers) -> bytes:
    return b"".join([b"%b: %b\r\n" % header for header in headers])


_TAKEN = _head(collect.TAKEN)  # nearly always


def _believe(proxies: ProxyHeadersMiddleware, scope: Any) -> None:
    """Who calls, as the proxies in front of us say. It waits for nothing, so one step is all of it."""
    with suppress(StopIteration):
        _alone(proxies)(scope, None, None).send(None)


@lru_cache(maxsize=8)
def _alone(proxies: ProxyHeadersMiddleware) -> Any:
    """The same trust with nothing behind it."""
    alone = ProxyHeadersMiddleware(_nothing)
    alone.trusted_hosts = proxies.trusted_hosts
    return alone


async def _nothing(scope: Any, receive: Any, send: Any) -> None:
    return
