"""Which kinds of channels there are."""

from importlib import import_module

from muhatap.channels.contract import Adapter

KINDS = {
    "email": "muhatap.channels.email.adapter",
    "trendyol": "muhatap.channels.trendyol.adapter",
    "webchat": "muhatap.channels.webchat.adapter",
    "rss": "muhatap.channels.rss.adapter",
    "notice": "muhatap.channels.notice.adapter",
    "hook": "muhatap.channels.hook.adapter",
    "manual": "muhatap.channels.manual.adapter",
    "mastodon": "muhatap.channels.mastodon.adapter",
    "bluesky": "muhatap.channels.bluesky.adapter",
    "youtube": "muhatap.channels.youtube.adapter",
    "google_reviews": "muhatap.channels.google_reviews.adapter",
}
# Where we listen: what comes in are posts, which need not become conversations.
LISTENING = frozenset({"rss", "notice", "hook", "manual", "mastodon", "bluesky", "youtube", "google_reviews"})


class UnknownChannel(Exception):
    """No folder under channels/ speaks this kind."""


def adapter(kind: str) -> Adapter:
    """The adapter of a kind. Raises UnknownChannel."""
    if kind not in KINDS:
        raise UnknownChannel(kind)
    found: Adapter = import_module(KINDS[kind]).ADAPTER
    return found
