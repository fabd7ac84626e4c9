"""Do the figures still say what the conversations say? Asked every night for the day before, and whenever somebody doubts."""

import logging
from collections import Counter
from dataclasses import astuple
from datetime import date, datetime, timedelta
from typing import Any

from muhatap.insight import raw, rollups, voices
from muhatap.insight.measuring import place
from muhatap.insight.models import Check
from muhatap.insight.rollups import Cut
from muhatap.insight.voices import Counts

log = logging.getLogger(__name__)
BY = ("figure", "on", "inbox_id", "user_id")  # a team that was removed leaves its conversations, not their past


def check(*, start: date, end: date, at: datetime) -> Check:
    """Compare the sums of some days with a count from the conversations and readings themselves; what differs is kept and
    logged.
    """
    counted: Counter[tuple[Any, ...]] = Counter()
    summed: Counter[tuple[Any, ...]] = Counter()
    for (figure, on, inbox, _team, user), (n, total) in raw.cells(start, end):
        counted[(figure, on, inbox, user)] += n
        summed[(figure, on, inbox, user)] += total
    kept: dict[tuple[Any, ...], tuple[int, int]] = {
        tuple(cell): (n, total) for *cell, n, total in rollups.sums(Cut(start=start, end=end), raw.FIGURES, by=BY)
    }
    differences = [
        _told(cell, kept.get(cell, (0, 0)), (counted[cell], summed[cell]))
        for cell in sorted({*kept, *counted})
        if kept.get(cell, (0, 0)) != (counted[cell], summed[cell])
    ]
    differences += [_told_of_voice(end, *each) for each in voices.differences(start, end)]
    for each in differences:
        log.error("a figure differs from its conversations: %s", each)
    return Check.objects.create(on=end, at=at, n_cells=len({*kept, *counted}), differences=differences[:500])


def check_yesterday(*, at: datetime) -> Check:
    """The nightly check."""
    today, _hour = place(at)
    yesterday = today - timedelta(days=1)
    return check(start=yesterday, end=yesterday, at=at)


def latest() -> Check | None:
    return Check.objects.order_by("-at", "-id").first()


def _told(cell: tuple[Any, ...], kept: tuple[int, int], counted: tuple[int, int]) -> dict[str, Any]:
    figure, on, inbox_id, user_id = cell
    return {
        "figure": figure,
        "on": on.isoformat(),
        "inbox": inbox_id,
        "user": user_id,
        "kept": [*kept],
        "counted": [*counted],
    }


def _told_of_voice(end: date, by: str, key: Any, kept: Counts, counted: Counts) -> dict[str, Any]:
    return {
        "figure": f"voice by {by}",
        "on": str(key) if by == "on" else end.isoformat(),
        "of": str(key),
        "kept": [*astuple(kept)],
        "counted": [*astuple(counted)],
    }
