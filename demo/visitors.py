"""Chats as the widget sends them (demo/chats), each request taken in as the visitors' door takes it."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jwt

from demo.shop import Shop
from muhatap.api import chat_shapes as shapes
from muhatap.channels.webchat import adapter, sessions, signed
from muhatap.channels.webchat.models import ChatSession
from muhatap.flow import chatting
from muhatap.flow.intake import digest
from muhatap.interactions.models import RawItem

FOLDER = Path(__file__).parent / "chats"


def requests() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every request of every visitor: its moment as written, who makes it, and the request."""
    for path in sorted(FOLDER.glob("*.json")):
        told = json.loads(path.read_text(encoding="utf-8"))
        for request in told["requests"]:
            yield request["at"], told["visitor"], request


def ask(request: dict[str, Any], session: ChatSession | None, shop: Shop, *, at: datetime) -> ChatSession:
    """Make one request in the visitor's place; gives the visitor's session."""
    name = request["post"].removeprefix("/chat/v1/")
    body = dict(request["body"])
    if name == "sessions":
        return _start(body, shop, at)
    if session is None:
        raise ValueError("a visitor speaks before their session is open")
    if name == "details":
        details = shapes.Introduce(**body)
        chatting.introduce(session=session, name=details.name, email=details.email, at=at)
    elif name == "messages":
        _say(shapes.Say(**body), session, at)
    elif name == "read":
        _mark(body, session, at)
    else:
        raise ValueError(f"the widget has no such request: {name}")
    return session


def _start(body: dict[str, Any], shop: Shop, at: datetime) -> ChatSession:
    if "jwt" in body:
        claims = body["jwt"] | {"exp": int((at + timedelta(hours=1)).timestamp())}
        body["jwt"] = jwt.encode(claims, shop.signing_secret, algorithm="HS256")
    start = shapes.Start(**body)
    identity = signed.read(start.jwt, secret=shop.signing_secret, at=at) if start.jwt else None
    page = sessions.Page(url=start.page.url, title=start.page.title)
    opened = sessions.open(
        inbox=shop.inboxes["web"], token="", identity=identity, language=start.lang, page=page, at=at
    )
    return opened.session


def _say(said: shapes.Say, session: ChatSession, at: datetime) -> None:
    sessions.seen([session.pk], at=at)
    chatting.take(session=session, key=said.id, text=said.text, files=[], at=at)
    key = adapter.external_id(session.visitor_id, said.id)
    digest(item_id=RawItem.objects.get(inbox=session.inbox, dedupe_key=key).pk, at=at)


def _mark(body: dict[str, Any], session: ChatSession, at: datetime) -> None:
    """The widget names lines by number; a file written beforehand can only say which: the newest."""
    newest = session.lines.order_by("-pk").values_list("pk", flat=True).first() or 0
    mark = shapes.Mark(**{name: newest if value == "newest" else value for name, value in body.items()})
    chatting.mark(session=session, delivered=mark.delivered, read=mark.read, at=at)
