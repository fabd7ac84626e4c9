"""The live stream of the staff: who may hear of what is decided once, when the stream opens."""

import asyncio
from http.cookies import SimpleCookie
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import close_old_connections

from muhatap.accounts.models import User
from muhatap.api import live
from muhatap.conversations.visibility import topics


async def answer(request: dict[str, Any], receive: Any, send: Any) -> None:
    """GET /live: announcements for the logged-in user; 401 for anybody else."""
    allowed = await asyncio.to_thread(_topics, _session_key(request))
    if allowed is None:
        await send({"type": "http.response.start", "status": 401, "headers": []})
        await send({"type": "http.response.body", "body": b""})
        return
    await live.stream(send, receive, allowed)


def _topics(session_key: str) -> set[str] | None:
    close_old_connections()
    user = _user(session_key)
    if user is None:
        return None
    return topics(user)


def _user(session_key: str) -> User | None:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    number = store(session_key).get(SESSION_KEY) if session_key else None
    return User.objects.filter(pk=number, is_active=True).first() if number else None


def _session_key(request: dict[str, Any]) -> str:
    cookies: SimpleCookie = SimpleCookie()
    for name, value in request["headers"]:
        if name == b"cookie":
            cookies.load(value.decode("latin-1"))
    found = cookies.get(settings.SESSION_COOKIE_NAME)
    return found.value if found else ""
