"""The server's entry: streams and the collector are coroutines, everything else goes to Django's WSGI handler in a pool of threads.

Django's own ASGI handler costs ten times as much a request (docs/decisions/0002-plain-asgi-entry.md).
"""

import asyncio
import gc
import os
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "muhatap.config.settings")

from a2wsgi import WSGIMiddleware

from muhatap.config.wsgi import application as django  # loads the apps, so it comes before what uses them

from muhatap.api import collect, collector, live, live_agents, live_visitors  # isort: skip
from muhatap.config import warming  # isort: skip

THREADS = 4
pages: Any = WSGIMiddleware(cast(Any, django), workers=THREADS)
STREAMS = {"/live": live_agents.answer, "/chat/v1/live": live_visitors.answer}


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http":
        door = collect.answer if collect.is_ours(scope["path"]) else STREAMS.get(scope["path"], pages)
        await door(scope, receive, send)


async def _lifespan(receive: Any, send: Any) -> None:
    warmed: asyncio.Task[None] | None = None  # held, so that it is not collected before it has run
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            live.hub.start()
            await asyncio.to_thread(warming.read_in)
            gc.freeze()  # what stands for good is not gone through again and again while requests wait
            warmed = asyncio.create_task(asyncio.to_thread(warming.search_once))
            await send({"type": "lifespan.startup.complete"})
        else:
            if warmed:
                await asyncio.wait([warmed])
            await live.hub.stop()
            await collector.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return
