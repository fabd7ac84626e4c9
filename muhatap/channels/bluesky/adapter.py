"""Bluesky as the rest of the house knows it: app.bsky.notification.listNotifications, app.bsky.feed.searchPosts, com.atproto.repo.createRecord."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from muhatap.channels.bluesky import sessions
from muhatap.channels.bluesky.sessions import Session
from muhatap.channels.contract import Adapter, Heard, Inbound, Limits, Look, Outbound, Receipt
from muhatap.channels.listening import paging, said, told
from muhatap.channels.listening.asking import NotHeard
from muhatap.channels.listening.told import safely
from muhatap.channels.listening.trouble import Trouble

LENGTH = 300  # graphemes, app.bsky.feed.post
PAGE, MOST_PAGES = 100, 5
AT_ONCE = 25  # posts that getPosts gives
POST = "app.bsky.feed.post"
REASONS = ("mention", "reply", "quote")
LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")


class Bluesky:
    """Notifications are read back to the moment seen last, the search from that moment on."""

    kind = "bluesky"
    every = timedelta(minutes=3)

    @safely
    def translate(self, raw: bytes, meta: Mapping[str, Any]) -> Inbound:
        """One post, as a notification or a search shows it. Raises Untranslatable."""
        post = told.opened(raw)
        uri = told.text(post, "uri")
        if post.get("erased") is True:
            return said.erased(meta, external_id=uri)
        author, record = post["author"], post["record"]
        if record.get("$type") != POST:
            raise ValueError("no post")
        reply = told.part(record, "reply")
        answers = [told.text(told.part(reply, name), "uri") for name in ("root", "parent")]
        langs = record.get("langs")
        return said.post(
            meta,
            external_id=uri,
            author=said.known("bluesky", _did(author), told.text(author, "displayName") or told.text(author, "handle")),
            text=told.text(record, "text").strip() or "—",
            at=said.when(record.get("createdAt")) or said.when(post.get("indexedAt")),
            url=_public(uri, author),
            answers=tuple(dict.fromkeys(filter(None, answers))),
            facts={"language": str(langs[0])[:8]} if isinstance(langs, list) and langs else {},
        )

    def look(self, settings: Mapping[str, Any], mark: Mapping[str, Any]) -> Look:
        """Raises NotHeard."""
        session = sessions.opened(settings, str(mark.get("session_sealed") or ""))
        since = paging.since(settings, mark)
        try:
            read, left = _read(session, settings, mark, since)
        except NotHeard as error:  # what the server gave us meanwhile for our old access stays ours
            error.mark = {**(mark if error.mark is None else error.mark), "session_sealed": session.sealed}
            raise
        found = {each["uri"]: each for each in read}
        ours = [each for each in found.values() if _is_post(each) and _did(each.get("author")) != session.did]
        ours = [each for each in ours if _indexed(each) >= since[:10]]
        ordered = sorted(ours, key=_indexed)
        seen = paging.mark(mark, since=since, moments=map(_indexed, found.values()), left=left)
        return Look(heard=tuple(_heard(each) for each in ordered), mark={**seen, "session_sealed": session.sealed})

    def recheck(self, settings: Mapping[str, Any], ids: Sequence[str]) -> tuple[Heard, ...]:
        """These posts as they are now: those that are no longer there as erased. Raises NotHeard."""
        session, heard = sessions.opened(settings), []
        for start in range(0, len(ids), AT_ONCE):
            some = ids[start : start + AT_ONCE]
            posts = _by_uri(session, some)
            heard += [_heard(posts.get(uri) or {"uri": uri, "erased": True}) for uri in some]
        return tuple(heard)

    def limits(self, settings: Mapping[str, Any]) -> Limits:
        return Limits(voice="public", max_length=LENGTH, unit="graphemes", max_files=0)

    def send(
        self, outbound: Outbound, settings: Mapping[str, Any], on_handing: Callable[[], None], *, at: datetime
    ) -> Receipt:
        """Answer below the post. Raises Uncertain: the server keeps no mark by which a second try would be known."""
        try:
            session = sessions.opened(settings)
            answered = _by_uri(session, [outbound.in_reply_to]).get(outbound.in_reply_to)
        except NotHeard as error:
            return told.refused(error)
        if answered is None:
            return Receipt(state="failed", detail=str(Trouble.GONE.label))
        body = {"repo": session.did, "collection": POST, "record": _record(outbound, answered)}
        posted = told.handed(lambda: session.post("com.atproto.repo.createRecord", body), on_handing, may_repeat=False)
        if isinstance(posted, Receipt):
            return posted
        return Receipt(state="accepted", provider_id=_uri_of(posted.body))


ADAPTER: Adapter = Bluesky()


def _read(
    session: Session, settings: Mapping[str, Any], mark: Mapping[str, Any], since: str
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The notifications and what each search finds; while some of it is not read to its end, only that. And where to go on."""
    found: list[dict[str, Any]] = []
    cursors, left = paging.cursors(mark), {}
    for place in cursors or ["", *_queries(settings)]:
        ask = partial(_searched, session, place, since) if place else partial(_notified, session)
        more, left[place] = paging.back(
            ask, cursor=cursors.get(place, ""), since=since, moment=_indexed, most=MOST_PAGES
        )
        found += [each for each in more if place or (each.get("reason") in REASONS and _indexed(each) >= since)]
    return found, left


def _queries(settings: Mapping[str, Any]) -> list[str]:
    words = settings.get("search")
    return [query for each in words if (query := str(each).strip())] if isinstance(words, list) else []


def _notified(session: Session, cursor: str) -> tuple[list[dict[str, Any]], str]:
    reasons = [("reasons", reason) for reason in REASONS]
    params = [("limit", str(PAGE)), *reasons, *([("cursor", cursor)] if cursor else [])]
    answer = session.get("app.bsky.notification.listNotifications", params)
    return told.some(answer, "notifications"), told.text(answer, "cursor")


def _searched(session: Session, query: str, since: str, cursor: str) -> tuple[list[dict[str, Any]], str]:
    moment = said.when(since)
    from_then = [("since", moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))] if moment else []
    params = [("q", query), ("sort", "latest"), ("limit", str(PAGE)), *from_then]
    answer = session.get("app.bsky.feed.searchPosts", [*params, *([("cursor", cursor)] if cursor else [])])
    return told.some(answer, "posts"), told.text(answer, "cursor")


def _by_uri(session: Session, uris: Sequence[str]) -> dict[str, dict[str, Any]]:
    params = [("uris", uri) for uri in uris if uri.startswith("at://")]
    posts = told.some(session.get("app.bsky.feed.getPosts", params), "posts") if params else []
    return {told.text(post, "uri"): post for post in posts}


def _record(outbound: Outbound, answered: Mapping[str, Any]) -> dict[str, Any]:
    parent = {"uri": answered["uri"], "cid": answered["cid"]}
    root = told.part(told.part(told.part(answered, "record"), "reply"), "root")
    whole = {"uri": root["uri"], "cid": root["cid"]} if root.get("uri") and root.get("cid") else parent
    return {
        "$type": POST,
        "text": outbound.text,
        "createdAt": outbound.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "reply": {"root": whole, "parent": parent},
        "facets": [_link(found, outbound.text) for found in LINK.finditer(outbound.text)],
    }


def _link(found: re.Match[str], text: str) -> dict[str, Any]:
    """Places in a text are counted in bytes of UTF-8."""
    start, end = (len(text[:place].encode()) for place in found.span())
    return {
        "index": {"byteStart": start, "byteEnd": end},
        "features": [{"$type": "app.bsky.richtext.facet#link", "uri": found[0]}],
    }


def _is_post(found: Mapping[str, Any]) -> bool:
    return told.part(found, "record").get("$type") == POST


def _heard(post: Mapping[str, Any]) -> Heard:
    uri, version = told.text(post, "uri"), "erased" if post.get("erased") else told.text(post, "cid")
    kept = ("uri", "cid", "author", "record", "indexedAt", "reason", "erased")
    return Heard(key=f"{uri}:{version}"[:200], raw=told.packed({name: post[name] for name in kept if name in post}))


def _did(author: Any) -> str:
    did = told.text(author, "did") if isinstance(author, dict) else ""
    if not did.startswith("did:"):
        raise ValueError("an author without a DID")
    return did


def _indexed(post: Mapping[str, Any]) -> str:
    """RFC 3339 in UTC, which sorts as it is written."""
    return told.text(post, "indexedAt")


def _public(uri: str, author: Mapping[str, Any]) -> str:
    parts = urlsplit(uri)
    return f"https://bsky.app/profile/{_did(author)}/post/{parts.path.rpartition('/')[2]}"


def _uri_of(body: bytes) -> str:
    try:
        return told.text(told.opened(body), "uri")
    except ValueError:
        return ""
