"""The live stream of the staff: who may hear of what is decided once, when the stream opens."""

import asyncio
from http.cookies import SimpleCookie
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import close_old_connections

from muhatap.accounts.models import User
from muhatap.api import live
from muhatap.channels.models import Inbox
from muhatap.conversations.models import Conversation
from muhatap.conversations.visibility import scope, sees


async def answer(request: dict[str, Any], receive: Any, send: Any) -> None:
    """GET /live?conversation=7: announcements for the logged-in user; 401 for anybody else."""
    topics = await asyncio.to_thread(_topics, _session_key(request), parse_qs(request["query_string"].decode("latin-1")))
    if topics is None:
        await send({"type": "http.response.start", "status": 401, "headers": []})
        await send({"type": "http.response.body", "body": b""})
        return
    await live.stream(send, receive, topics)


def _topics(session_key: str, query: dict[str, list[str]]) -> set[str] | None:
    close_old_connections()
    user = _user(session_key)
    if user is None:
        return None
    within = scope(user)
    inboxes = Inbox.objects.values_list("pk", flat=True) if within.sees_all else within.inbox_ids
    opened = _opened(user, query.get("conversation", [""])[0])
    return {f"user:{user.pk}", *(f"inbox:{pk}" for pk in inboxes), *(f"team:{pk}" for pk in within.team_ids), *opened}


def _opened(user: User, number: str) -> list[str]:
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        return []
    conversation = Conversation.objects.filter(pk=int(number)).first()
    return [f"conversation:{conversation.pk}"] if conversation and sees(user, conversation) else []


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
