"""A source's row: when it was looked at, what came of it, when we look again. Trouble makes the pauses longer, never endless."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.channels.listening.models import Source
from muhatap.channels.listening.trouble import Trouble
from muhatap.channels.models import Inbox
from muhatap.shared import live

SOONEST = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
TAKES = timedelta(minutes=5)  # a look that has not come back by then died with its process
MISSED = "missed"  # of a mark, ours and not the adapter's: posts that were not found, and since when
APART = timedelta(
    hours=3
)  # a post that is missing now and was missing then is gone; once may be the service's bad hour


def of(inbox: Inbox) -> Source:
    """The row of an inbox, made at first use."""
    return Source.objects.get_or_create(inbox=inbox)[0]


def pause(settings: Mapping[str, Any], usual: timedelta) -> timedelta:
    """The pause between two looks that an inbox is set to."""
    try:
        minutes = float(settings.get("every_minutes") or 0)
    except (TypeError, ValueError):
        minutes = 0
    return max(timedelta(minutes=minutes) if minutes else usual, SOONEST)


@transaction.atomic
def take_due(*, at: datetime) -> list[int]:
    """The inboxes to look at now; they are due again only if nothing is heard of these looks."""
    rows = Source.objects.select_for_update(skip_locked=True).filter(next_look_at__lte=at, inbox__is_enabled=True)
    found = list(rows.order_by("next_look_at").values_list("inbox_id", flat=True)[:100])
    Source.objects.filter(inbox_id__in=found).update(next_look_at=at + TAKES)
    return found


@transaction.atomic
def look_now(*, inbox: Inbox, by: User, at: datetime) -> Source:
    """Somebody wants to know: look as soon as possible, whatever the pauses."""
    source = of(inbox)
    Source.objects.filter(pk=source.pk).update(next_look_at=at)
    audit.record(by=by, at=at, act="source.look", kind="inbox", id=inbox.pk, name=inbox.name)
    return source


@transaction.atomic
def begin(*, inbox: Inbox, at: datetime) -> Source:
    """A source was added or set up anew: look at once, from the beginning of what it is set to."""
    source = of(inbox)
    Source.objects.filter(pk=source.pk).update(
        next_look_at=at, mark={}, n_failures=0, trouble="", trouble_detail="", trouble_since=None
    )
    return source


def mark_of(source: Source) -> dict[str, Any]:
    """How far the adapter said that it had come."""
    return {name: value for name, value in source.mark.items() if name != MISSED}


@transaction.atomic
def missed(*, source: Source, ids: Iterable[str], at: datetime) -> set[str]:
    """Remember which posts were not found; those that were not found some hours ago either are given back: they are gone."""
    row = Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
    known = row.mark.get(MISSED, {})
    since = {id: known.get(id) or at.isoformat() for id in ids}
    gone = {id for id, first in since.items() if datetime.fromisoformat(first) <= at - APART}
    still = {id: first for id, first in since.items() if id not in gone}
    Source.objects.filter(pk=row.pk).update(mark=mark_of(row) | ({MISSED: still} if still else {}))
    return gone


@transaction.atomic
def went_well(
    *, source: Source, mark: Mapping[str, Any], n_new: int, usual: timedelta, wait: timedelta | None, at: datetime
) -> None:
    """The look brought what there was."""
    had_trouble = bool(source.trouble)
    _go_on(source, mark)
    Source.objects.filter(pk=source.pk).update(
        looked_at=at,
        ok_at=at,
        next_look_at=at + max(usual, wait or usual),
        n_new=n_new,
        n_failures=0,
        trouble="",
        trouble_detail="",
        trouble_since=None,
    )
    if had_trouble:
        live.announce([f"inbox:{source.inbox_id}"], "health")


@transaction.atomic
def went_wrong(
    *,
    source: Source,
    trouble: Trouble,
    detail: str,
    usual: timedelta,
    wait: timedelta | None,
    at: datetime,
    mark: Mapping[str, Any] | None = None,
) -> None:
    """The look failed; since when is kept while it goes on failing the same way. Each failure doubles the pause.

    `mark`: what holds all the same, where the look had come to something.
    """
    if mark is not None:
        _go_on(source, mark)
    longer = min(usual * 2 ** min(source.n_failures, 10), max(LONGEST_PAUSE, usual))
    is_news = source.trouble != trouble
    Source.objects.filter(pk=source.pk).update(
        looked_at=at,
        next_look_at=at + max(longer, wait or longer),
        n_failures=source.n_failures + 1,
        trouble=trouble,
        trouble_detail=detail.replace("\x00", "")[:400],
        trouble_since=at if is_news or source.trouble_since is None else source.trouble_since,
    )
    if is_news:
        live.announce([f"inbox:{source.inbox_id}"], "health")


def _go_on(source: Source, mark: Mapping[str, Any]) -> None:
    """Set the adapter's part of the mark; posts may have been found missing while it looked."""
    row = Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
    ours = {name: value for name, value in row.mark.items() if name == MISSED}
    Source.objects.filter(pk=row.pk).update(mark={**mark, **ours})
