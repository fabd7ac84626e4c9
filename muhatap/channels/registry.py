"""Which kinds of channels there are."""

from importlib import import_module

from muhatap.channels.contract import Adapter

KINDS = {
    "email": "muhatap.channels.email.adapter",
    "trendyol": "muhatap.channels.trendyol.adapter",
    "webchat": "muhatap.channels.webchat.adapter",
}


class UnknownChannel(Exception):
    """No folder under channels/ speaks this kind."""


def adapter(kind: str) -> Adapter:
    """The adapter of a kind. Raises UnknownChannel."""
    if kind not in KINDS:
        raise UnknownChannel(kind)
    found: Adapter = import_module(KINDS[kind]).ADAPTER
    return found
