"""What a chat inbox is set to: one typed reading of Inbox.settings, with defaults, used by widget, endpoints and pages."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit

from django.utils.crypto import get_random_string

from muhatap.shared import secrets

ASKED = ("off", "optional", "required")
THEMES = ("auto", "light", "dark")
ACCENT = "#0a6661"
# Monday to Friday, what a new widget is offered as hours.
WEEK = (("09:00", "18:00"),) * 5 + (None, None)


@dataclass(frozen=True, kw_only=True)
class WidgetSettings:
    """The settings of one widget. Hours are seven (open, close) pairs from Monday, None for closed; empty means always open."""

    accent: str = ACCENT
    theme: str = "auto"
    position: str = "right"
    language: str = ""
    greeting: Mapping[str, str] = field(default_factory=dict)
    privacy_url: str = ""
    ask_name: str = "off"
    ask_email: str = "off"
    origins: tuple[str, ...] = ()
    hours: tuple[tuple[str, str] | None, ...] = ()
    time_zone: str = "Europe/Istanbul"
    max_file_mb: int = 10
    email_inbox_id: int | None = None
    away_minutes: int = 5
    identity_secret_sealed: str = ""

    @property
    def identity_secret(self) -> str:
        """The plain secret, or nothing when there is none or it cannot be read with this installation's key any more."""
        try:
            return secrets.unseal(self.identity_secret_sealed)
        except secrets.SecretLost:
            return ""

    def greets(self, language: str) -> str:
        return self.greeting.get(language, "") or next(iter(self.greeting.values()), "")


def settings_of(values: Mapping[str, Any]) -> WidgetSettings:
    """Inbox.settings as WidgetSettings; what is missing or unreadable takes its default, so an old row never breaks a page."""
    known = {f.name for f in fields(WidgetSettings)}
    given = {name: value for name, value in values.items() if name in known and value is not None}
    if "origins" in given:
        given["origins"] = tuple(given["origins"])
    if "hours" in given:
        given["hours"] = tuple((day[0], day[1]) if day else None for day in given["hours"])
    return WidgetSettings(**given)


def new_public_key() -> str:
    return get_random_string(20)


def new_secret() -> str:
    """A secret for signed identities, 48 letters and figures (some 285 bits)."""
    return get_random_string(48)


def is_allowed(origin: str, allowed: tuple[str, ...], own: str) -> bool:
    """Whether a page of this origin may use the widget: the firm's own addresses, subdomains where written as https://*.firm, and ours."""
    return any(_matches(origin, pattern) for pattern in (*allowed, own))


def origin_of(text: str) -> str | None:
    """'https://Ihlamurev.example/shop' → 'https://ihlamurev.example'; None when it is no web address. '*.' may stand for any subdomain."""
    try:
        parts = urlsplit(text.strip() if "://" in text else f"https://{text.strip()}")
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").removesuffix(".")
    if parts.scheme not in ("http", "https") or not re.fullmatch(r"(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?", host):
        return None
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != usual else "")


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two #rrggbb colours, from 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _matches(origin: str, pattern: str) -> bool:
    scheme, _sep, host = pattern.partition("://")
    if host.startswith("*."):
        return origin.startswith(f"{scheme}://") and origin.endswith(host[1:]) and len(origin) > len(pattern) - 1
    return origin == pattern
