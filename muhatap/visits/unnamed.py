"""Requests to a site that knows nobody: what says who somebody was is left out before anything is kept. Pure.

What a page's own code puts into an event's properties is its own affair, and stays.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from muhatap.visits import segment
from muhatap.visits.segment import Refused, Request

_NAMES = frozenset({"anonymousId", "userId", "previousId", "groupId", "traits"})
_OF_CONTEXT = frozenset({"traits", "identity", "ip", "externalIds", "groupId", "device", "userAgentData"})


def parts(request: Request, *, call: str, name: Callable[[str], str]) -> Iterator[tuple[Request, str] | Refused]:
    """Each event as a request of its own, without names, and what its visitor is called for the day.

    `name` makes that of what the event said of its visitor; what we cannot read whole is refused, since it might hold a name.
    """
    shared = _without(request.shared)
    for raw in map(bytes, request.events):
        if len(raw) > segment.LARGEST_EVENT:
            yield Refused("large", f"{len(raw)} bytes, at most {segment.LARGEST_EVENT}", "")
            continue
        told = segment.told(raw)
        if not told:
            yield Refused("shape", "it cannot be read, and this site keeps no names", "")
        elif (kind := str(told.get("type")) if call == "batch" else call) in ("identify", "alias", "group"):
            yield Refused("consent", kind, "")
        else:
            said = str(told.get("anonymousId") or told.get("userId") or "")[:200]
            body = json.dumps(_without(told), separators=(",", ":")).encode()
            yield request._replace(events=[body], shared=shared, told=None), name(said)


def _without(told: Mapping[str, Any]) -> dict[str, Any]:
    left = {name: value for name, value in told.items() if name not in _NAMES}
    if isinstance(context := left.get("context"), dict):
        left["context"] = {name: value for name, value in context.items() if name not in _OF_CONTEXT}
    return left
