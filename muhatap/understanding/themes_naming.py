"""What people do with themes: name them, hide what is no matter, say that two are one, and take that back."""

from datetime import datetime

from django.db import transaction

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.shared import locks
from muhatap.understanding import themes
from muhatap.understanding.models import Theme


class NotOne(Exception):
    """A theme cannot be merged into itself."""


@transaction.atomic
def name(*, theme: Theme, name: str, by: User, at: datetime) -> None:
    """Give it a name; an empty one lets its words speak again."""
    theme.name = " ".join(name.split())[:80]
    theme.save(update_fields=["name"])
    _record(theme, "theme.named", by=by, at=at)


@transaction.atomic
def hide(*, theme: Theme, by: User, at: datetime) -> None:
    """Show it no more and ring no more for it; what is written of it is still kept together."""
    if theme.hidden_at is None:
        theme.hidden_at = at
        theme.save(update_fields=["hidden_at"])
        _record(theme, "theme.hidden", by=by, at=at)


@transaction.atomic
def show(*, theme: Theme, by: User, at: datetime) -> None:
    """Show it again."""
    if theme.hidden_at is not None:
        theme.hidden_at = None
        theme.save(update_fields=["hidden_at"])
        _record(theme, "theme.shown", by=by, at=at)


@transaction.atomic
def merge(*, keep: Theme, drop: Theme, by: User, at: datetime) -> None:
    """Two themes are one matter: what is written of either counts for the one kept. Raises NotOne."""
    locks.hold("themes merged")  # two merges at once could lead into a circle
    standing = Theme.objects.select_related("merged_into").get(pk=keep.pk)
    standing = standing.merged_into or standing
    if standing.pk == drop.pk:
        raise NotOne
    Theme.objects.filter(merged_into=drop).update(merged_into=standing)
    drop.merged_into = standing
    drop.save(update_fields=["merged_into"])
    themes.recount(standing)
    _record(standing, "theme.merged", by=by, at=at, other=str(drop))


@transaction.atomic
def split(*, theme: Theme, by: User, at: datetime) -> None:
    """Take a merge back: it stands for itself again."""
    if theme.merged_into_id:
        theme.merged_into = None
        theme.save(update_fields=["merged_into"])
        themes.recount(theme)
        _record(theme, "theme.split", by=by, at=at)


def _record(theme: Theme, act: str, *, by: User, at: datetime, **details: str) -> None:
    audit.record(by=by, at=at, act=act, kind="theme", id=str(theme.pk), name=str(theme), **details)
