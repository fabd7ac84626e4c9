"""Visitors who allowed nothing to be stored: known for one day, by a hash nobody can turn back when the day is over."""

import secrets
from datetime import UTC, datetime
from hashlib import blake2b

from muhatap.visits.models import DaySalt


def salt(*, at: datetime) -> bytes:
    """The random salt of this day (UTC), the same for all processes."""
    day, _is_new = DaySalt.objects.get_or_create(
        day=at.astimezone(UTC).date(), defaults={"salt": secrets.token_bytes(32)}
    )
    return bytes(day.salt)


def name(*, salt: bytes, site_id: int, address: str, user_agent: str) -> str:
    """Who it is today: the same browser of the same line on the same site, and nothing that could be stored or traced."""
    told = f"{site_id}\0{address}\0{user_agent}".encode(errors="replace")
    return f"day:{blake2b(told, key=salt, digest_size=12).hexdigest()}"


def forget(*, at: datetime) -> None:
    """Without its salt a day's hashes lead back to nobody."""
    DaySalt.objects.filter(day__lt=at.astimezone(UTC).date()).delete()
