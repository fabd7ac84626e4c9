"""A database address as Django wants it."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

UNHEARD = (
    "30000"  # milliseconds: a line on which nobody takes what we say is over then, and not after a quarter of an hour
)


def from_url(url: str) -> dict[str, Any]:
    """'postgresql://user:secret@host:5432/name?host=/socket/dir&sslmode=require' → Django's dictionary."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "muhatap.config.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or options.pop("user", "")),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(options.pop("host", "") or parts.hostname or ""),
        "PORT": options.pop("port", "") or str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"application_name": "muhatap", "tcp_user_timeout": UNHEARD, **options},
    }
