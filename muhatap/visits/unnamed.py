"""Requests to a site that knows nobody: only what says nothing of who somebody is gets through, before anything is kept. Pure.

What a page's own code puts into an event's properties is its own affair, and stays; addresses in them are cut like the page's, since
libraries write them there by themselves.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from muhatap.visits import origins, segment
from muhatap.visits.segment import Refused, Request

# Clients have many names for whom they know (a session, a device, the number another system gave): what is not here is left out.
_OF_EVENT = frozenset(
    {"type", "event", "name", "category", "messageId", "timestamp", "originalTimestamp", "sentAt", "properties"}
)
_OF_CONTEXT = frozenset({"userAgent", "locale", "screen", "library", "timezone"})
_OF_CAMPAIGN = frozenset({"name", *origins.CAMPAIGN})
_ADDRESSES = frozenset({"url", "referrer", "search"})
_OF_PAGE = _ADDRESSES | {"path", "title"}


def parts(request: Request, *, call: str, name: Callable[[str], str]) -> Iterator[tuple[Request, str] | Refused]:
    """Each event as a request of its own, without names, and what its visitor is called for the day.

    `name` makes that of what the event said of its visitor, "" of one who cannot be told from others. What we cannot read whole is
    refused, since it might hold a name.
    """
    shared = _without(request.shared)
    for raw in map(bytes, request.events):
        if len(raw) > segment.LARGEST_EVENT:
            yield Refused("large", f"{len(raw)} bytes, at most {segment.LARGEST_EVENT}", "")
            continue
        told = segment.told(raw)
        said = str(told.get("anonymousId") or told.get("userId") or "")[:200]
        if not told:
            yield Refused("shape", "it cannot be read, and this site keeps no names", "")
        elif (kind := str(told.get("type")) if call == "batch" else call) in ("identify", "alias", "group"):
            yield Refused("consent", kind, "")
        elif not (called := name(said)):
            yield Refused("nobody", "", "")
        else:
            body = json.dumps(_without(told), separators=(",", ":")).encode()
            yield request._replace(events=[body], shared=shared, told=None), called


def _without(told: Mapping[str, Any]) -> dict[str, Any]:
    """An event, or what a batch says for all of them."""
    left = _only(told, _OF_EVENT)
    if isinstance(context := told.get("context"), dict):
        left["context"] = _only(context, _OF_CONTEXT)
        if isinstance(page := context.get("page"), dict):
            left["context"]["page"] = _cut(_only(page, _OF_PAGE))
        if isinstance(campaign := context.get("campaign"), dict):
            left["context"]["campaign"] = _only(campaign, _OF_CAMPAIGN)
    if isinstance(properties := left.get("properties"), dict):
        left["properties"] = _cut(properties)
    return left


def _only(told: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name in names}


def _cut(told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: origins.bare(value) if name in _ADDRESSES and isinstance(value, str) else value
        for name, value in told.items()
    }
