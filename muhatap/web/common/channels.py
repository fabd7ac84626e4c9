"""What each kind of channel is called and by which sign it stands, the same on every page."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

NAMES: Mapping[str, Promise | str] = {
    "email": _("E-mail"),
    "webchat": _("Web chat"),
    "trendyol": _("Trendyol question"),
    "rss": _("Feed (RSS, Atom)"),
    "notice": _("Notice by mail"),
    "hook": _("Webhook"),
    "manual": _("Written down by staff"),
    "mastodon": "Mastodon",
    "bluesky": "Bluesky",
    "youtube": pgettext_lazy("channel", "YouTube comment"),
    "google_reviews": pgettext_lazy("channel", "Google review"),
}
ICONS: Mapping[str, str] = {
    "email": "mail",
    "webchat": "message-square",
    "trendyol": "store",
    "rss": "rss",
    "notice": "mail-search",
    "hook": "webhook",
    "manual": "notebook-pen",
    "mastodon": "at-sign",
    "bluesky": "cloud",
    "youtube": "square-play",
    "google_reviews": "star",
}


def name(kind: str) -> str:
    """In words; an unknown kind by its own name."""
    return str(NAMES.get(kind, kind))


def icon(kind: str) -> str:
    return ICONS.get(kind, "message-circle")
