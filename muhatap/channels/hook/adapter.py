"""What a program told us of a post becomes an Inbound. docs/guides/listening.md describes the body."""

import hashlib
import hmac
import json
import secrets as random
from collections.abc import Mapping
from typing import Any

from muhatap.channels.contract import Adapter, Claim, Heard, Inbound
from muhatap.channels.listening import said, told
from muhatap.channels.listening.told import Elsewhere, safely
from muhatap.shared import secrets
from muhatap.shared.secrets import SecretLost

LARGEST = 2 * 1024 * 1024
MOST = 200  # posts of one request


class BadBody(ValueError):
    """The body is not as the guide says; nothing of it was kept. The text says what is wrong."""


class Hook(Elsewhere):
    """The sender vouches for its authors' ids, since only it knows them; names alone are nobody known."""

    kind = "hook"

    @safely
    def translate(self, raw: bytes, meta: Mapping[str, Any]) -> Inbound:
        """Raises Untranslatable."""
        post = told.opened(raw)
        number = _id(post)
        if post.get("deleted") is True:
            return said.erased(meta, external_id=number)
        text = told.text(post, "text") or said.words(told.text(post, "html"))
        if not text.strip() and not told.text(post, "title").strip():
            raise ValueError("it says nothing")
        return said.post(
            meta,
            external_id=number,
            author=_author(told.part(post, "author"), told.text(post, "service"), number),
            subject=told.text(post, "title"),
            text=text.strip() or said.line(post["title"]),
            at=said.when(post.get("at")),
            edited_at=said.when(post.get("edited_at")) or said.received(meta),
            url=post.get("url"),
            answers=tuple(filter(None, (said.line(post.get("answers"), most=900),))),
            rating=post.get("rating") if isinstance(post.get("rating"), int) else None,
        )


ADAPTER: Adapter = Hook()


def posts(body: bytes) -> tuple[Heard, ...]:
    """The posts of one request: an object, or a list of them. Raises BadBody."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadBody("the body is no JSON") from error
    listed = found if isinstance(found, list) else [found]
    if not 0 < len(listed) <= MOST:
        raise BadBody(f"one post or a list of 1 to {MOST}")
    return tuple(_heard(post, place) for place, post in enumerate(listed, 1))


def may_tell(settings: Mapping[str, Any], body: bytes, *, authorization: str, signature: str) -> bool:
    """Whether the sender knows the secret: as a bearer token, or by the HMAC-SHA256 of the body as `sha256=<hex>`."""
    try:
        secret = secrets.unseal(str(settings.get("secret_sealed") or ""))
    except SecretLost:
        return False
    if not secret:
        return False
    signed = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    if signature:
        return hmac.compare_digest(signed.encode(), signature.strip().lower().encode("utf-8", "replace"))
    return hmac.compare_digest(f"Bearer {secret}".encode(), authorization.strip().encode("utf-8", "replace"))


def new_secret() -> str:
    return random.token_urlsafe(32)


def _heard(post: Any, place: int) -> Heard:
    if not isinstance(post, dict):
        raise BadBody(f"post {place} is no object")
    try:
        number = _id(post)
    except ValueError as error:
        raise BadBody(f"post {place}: {error}") from error
    raw = told.packed(post)
    return Heard(key=f"{_short(number.encode())}:{_short(raw)}", raw=raw)


def _id(post: Mapping[str, Any]) -> str:
    number = post.get("id")
    text = said.line(str(number) if isinstance(number, int) and not isinstance(number, bool) else number, most=900)
    if not text:
        raise ValueError("an id is missing")
    return text


def _author(author: Mapping[str, Any], service: str, number: str) -> Claim:
    name, id = told.text(author, "name"), said.line(author.get("id"), most=250)
    place = said.line(service, most=60) or "hook"
    return said.known(place, id, name) if id else said.only_named(place, name, number)


def _short(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:40]
