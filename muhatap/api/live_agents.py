"""The live stream of the staff: who may hear of what is decided once, when the stream opens."""

import asyncio
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.db import close_old_connections
from django.http.cookie import parse_cookie
from django.utils.crypto import constant_time_compare

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.api import live
from muhatap.conversations.visibility import topics
from muhatap.notices import presence
from muhatap.visits import sites


async def answer(request: dict[str, Any], receive: Any, send: Any) -> None:
    """GET /live?since=…: announcements for the logged-in user since their page was drawn; 401 for anybody else."""
    key = _session_key(request)
    allowed = await asyncio.to_thread(_topics, key)
    if allowed is None:
        await send({"type": "http.response.start", "status": 401, "headers": []})
        await send({"type": "http.response.body", "body": b""})
        return

    async def is_still_allowed() -> bool:
        return await asyncio.to_thread(_topics, key) == allowed

    await live.stream(send, receive, allowed, since=_since(request), is_still_allowed=is_still_allowed)


def _topics(session_key: str) -> set[str] | None:
    close_old_connections()
    user = _user(session_key)
    if user is None:
        return None
    return topics(user) | {presence.STAFF} | ({sites.TOPIC} if may(user, "visits.read") else set())


def _user(session_key: str) -> User | None:
    """Who is logged in with this session, as Django itself would judge: the password must still be the one it began with."""
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key) if session_key else {}
    user = User.objects.filter(pk=session.get(SESSION_KEY) or 0, is_active=True).first()
    is_same = user and constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
    return user if is_same else None


def _since(request: dict[str, Any]) -> float | None:
    given = parse_qs(request["query_string"].decode("latin-1")).get("since", [""])[0]
    return float(given) if given.isascii() and given.isdecimal() else None


def _session_key(request: dict[str, Any]) -> str:
    written = b"; ".join(value for name, value in request["headers"] if name == b"cookie")
    return str(parse_cookie(written.decode("latin-1")).get(settings.SESSION_COOKIE_NAME, ""))
