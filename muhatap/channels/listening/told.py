"""Services that speak JSON: their raw items read safely, their refusals turned into receipts, their access unsealed."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec

from muhatap.channels.contract import Inbound, Limits, Outbound, Receipt, Uncertain, Untranslatable
from muhatap.channels.listening.asking import Answer, NotHeard
from muhatap.channels.listening.trouble import Trouble
from muhatap.shared import secrets
from muhatap.shared.secrets import SecretLost

P = ParamSpec("P")
NOT_READ = (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)
AGAIN = (Trouble.AWAY, Trouble.BUSY, Trouble.LOGIN, Trouble.SECRET, Trouble.INCOMPLETE)


def safely(translate: Callable[P, Inbound]) -> Callable[P, Inbound]:
    """Whatever is not as the service's documents say is Untranslatable, never a fault."""

    @wraps(translate)
    def read(*args: P.args, **kwargs: P.kwargs) -> Inbound:
        try:
            return translate(*args, **kwargs)
        except NOT_READ as error:
            raise Untranslatable(f"not as expected: {type(error).__name__} {error}"[:400]) from error

    return read


def opened(raw: bytes) -> dict[str, Any]:
    """The JSON object of a raw item. Raises ValueError."""
    told = json.loads(raw)
    if not isinstance(told, dict):
        raise ValueError("no JSON object")
    return told


def packed(told: Mapping[str, Any]) -> bytes:
    """A raw item from what a service said of one post."""
    return json.dumps(told, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")


def text(told: Mapping[str, Any], name: str) -> str:
    """A text of the object; anything else under this name is none."""
    value = told.get(name)
    return value if isinstance(value, str) else ""


def part(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object within the object; empty where there is none."""
    value = told.get(name)
    return value if isinstance(value, dict) else {}


def some(told: Any, name: str) -> list[dict[str, Any]]:
    """A list of objects within the object."""
    value = told.get(name) if isinstance(told, dict) else None
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def secret(settings: Mapping[str, Any], name: str) -> str:
    """A sealed setting in plain. Raises NotHeard when it cannot be read any more."""
    try:
        return secrets.unseal(str(settings.get(f"{name}_sealed") or ""))
    except SecretLost as error:
        raise NotHeard(Trouble.SECRET, str(error)) from error


def handed(post: Callable[[], Answer], on_handing: Callable[[], None], *, may_repeat: bool) -> Answer | Receipt:
    """Hand an answer over: what the service said, or the receipt of its refusal.

    Raises Uncertain when the line broke after the request left, unless saying it twice is as saying it once.
    """
    on_handing()
    try:
        return post()
    except NotHeard as error:
        if error.was_handed and not may_repeat:
            raise Uncertain(error.detail) from error
        return refused(error)


def refused(error: NotHeard) -> Receipt:
    """What can go well later is tried again; the rest is for good."""
    state = "retry" if error.trouble in AGAIN else "failed"
    return Receipt(state=state, detail=f"{error.trouble.label} {error.detail}".strip()[:400])  # type: ignore[arg-type]


class Elsewhere:
    """A channel on which nothing can be said from here: one answers there, and notes it."""

    def limits(self, settings: Mapping[str, Any]) -> Limits:
        return Limits(voice="elsewhere")

    def send(
        self, outbound: Outbound, settings: Mapping[str, Any], on_handing: Callable[[], None], *, at: datetime
    ) -> Receipt:
        return Receipt(state="failed", detail="answers are given where the post stands")
