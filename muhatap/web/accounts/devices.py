"""A session as people recognise it: "Firefox, Linux", not a line of versions."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

# In this order: Edge and Opera also call themselves Chrome, Chrome also calls itself Safari.
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone|iPad", "iOS"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, kw_only=True)
class Device:
    name: str
    ip: str
    since_at: datetime
    is_here: bool
    is_phone: bool


def of(sessions: Iterable[Any], key_here: str | None) -> list[Device]:
    return [
        Device(
            name=named(session.user_agent),
            ip=session.ip,
            since_at=session.created_at,
            is_here=session.session_key == key_here,
            is_phone="Mobile" in session.user_agent,
        )
        for session in sessions
    ]


def named(user_agent: str) -> str:
    """'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) …' → 'Firefox, Linux'."""
    words = [_first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)]
    return ", ".join(word for word in words if word) or _("Unknown device")


def _first(names: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for pattern, name in names if re.search(pattern, text)), "")
