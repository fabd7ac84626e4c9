"""The channel RSS and Atom as the rest of the house knows it: a feed is looked at, each entry becomes an Inbound, answers are given there."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from muhatap.channels.contract import Adapter, Claim, Heard, Inbound, Look, Untranslatable
from muhatap.channels.listening import asking, said
from muhatap.channels.listening.asking import NotHeard
from muhatap.channels.listening.told import Elsewhere, safely
from muhatap.channels.listening.trouble import Trouble
from muhatap.channels.rss import entries, feeds
from muhatap.channels.rss.entries import Entry
from muhatap.channels.rss.feeds import BadFeed

ACCEPT = "application/atom+xml, application/rss+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.7"


class Rss(Elsewhere):
    """Feeds are asked only for what changed, and no more often than they wish."""

    kind = "rss"
    every = timedelta(minutes=15)

    @safely
    def translate(self, raw: bytes, meta: Mapping[str, Any]) -> Inbound:
        """One entry. Raises Untranslatable."""
        try:
            element = feeds.tree(raw)
        except BadFeed as error:
            raise Untranslatable(str(error)) from error
        feed_url = str(meta.get("feed_url") or "")
        entry = entries.read(element, feed_url)
        text, came_at = said.words(entry.body), said.received(meta)
        if not (text or entry.title.strip()):
            raise Untranslatable("The entry says nothing.")
        return said.post(
            meta,
            external_id=entry.id or _hash(entry.title, text),
            author=_author(entry, feed_url, names_are_accounts=bool(meta.get("names_are_accounts"))),
            subject=entry.title,
            text=text or said.line(entry.title),
            at=said.when(entry.published) or said.when(entry.updated),
            edited_at=said.when(entry.updated) or came_at,
            url=entry.link,
            answers=(entry.answers,) if entry.answers else (),
        )

    def look(self, settings: Mapping[str, Any], mark: Mapping[str, Any]) -> Look:
        """Raises NotHeard."""
        url = str(settings.get("feed_url") or "")
        conditions = {"If-None-Match": mark.get("etag"), "If-Modified-Since": mark.get("last_modified")}
        headers = {name: str(value) for name, value in conditions.items() if value and mark.get("url") == url}
        answer = asking.ask(url, headers={"Accept": ACCEPT, **headers})
        if answer.status == 304:
            return Look(heard=(), mark=mark, wait=_fresh_for(answer.headers))
        try:
            found = tuple(heard(answer.body, settings))
        except BadFeed as error:
            raise NotHeard(Trouble.UNREADABLE, str(error)) from error
        etag, changed = answer.headers.get("etag", "")[:500], answer.headers.get("last-modified", "")[:200]
        seen = {"url": url, "etag": etag, "last_modified": changed}
        return Look(heard=found, mark=seen, wait=_fresh_for(answer.headers))


ADAPTER: Adapter = Rss()


def heard(raw: bytes, settings: Mapping[str, Any]) -> Iterator[Heard]:
    """A feed's entries, oldest first as feeds have the newest on top; none from before the day we are to listen from. Raises BadFeed."""
    url = str(settings.get("feed_url") or "")
    for element in reversed(feeds.read(raw).entries):
        if one := _heard(element, url, settings):
            yield one


def _heard(element: Any, url: str, settings: Mapping[str, Any]) -> Heard | None:
    """An entry to be kept; its key changes with its words, not with the counters some feeds put beside them."""
    entry = entries.read(element, url)
    if _is_too_old(entry, str(settings.get("since") or "")):
        return None
    words = _hash(entry.title, entry.body, entry.author, entry.link)
    meta = {"feed_url": url, "names_are_accounts": bool(settings.get("names_are_accounts"))}
    return Heard(key=f"{_hash(entry.id or words)}:{words}", raw=feeds.fragment(element), meta=meta)


def _is_too_old(entry: Entry, since: str) -> bool:
    at, first = said.when(entry.published) or said.when(entry.updated), said.when(since)
    return at is not None and first is not None and at < first


def _author(entry: Entry, feed_url: str, *, names_are_accounts: bool) -> Claim:
    """The author's page on the same site is an account. A name is one only where an administrator says that names are unique there."""
    host = urlsplit(feed_url).hostname or "rss"
    if entries.is_same_host(entry.author_url, feed_url):
        return said.known(host, entry.author_url, entry.author)
    if names_are_accounts and entry.author:
        return said.known(host, said.line(entry.author), entry.author)
    return said.only_named(host, entry.author, entry.id or _hash(entry.title, entry.body))


def _fresh_for(headers: Mapping[str, str]) -> timedelta | None:
    """How long the feed says it will not change."""
    for part in headers.get("cache-control", "").split(","):
        name, _, value = part.strip().partition("=")
        if name.lower() == "max-age" and value.isdigit():
            return min(timedelta(seconds=int(value[:9])), asking.LONGEST_WAIT)
    return None


def _hash(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:40]
