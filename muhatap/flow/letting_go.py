"""What has been kept for as long as the firm said goes by itself, each night: events of web sites, and files of imports."""

import logging
from datetime import datetime
from functools import partial

from muhatap.flow import shopping, sweep
from muhatap.imports import letting_go as imports
from muhatap.insight import exporting
from muhatap.insight import letting_go as lake
from muhatap.shared import locks
from muhatap.visits import how_long
from muhatap.visits import letting_go as events
from muhatap.visits.letting_go import Leaf

log = logging.getLogger(__name__)
LAKE = "lake"  # held by whoever writes into it or takes out of it


def everything(*, at: datetime) -> None:
    """One that fails stops no other."""
    for act in (let_events_go, let_lake_go, imports.let_all_go):
        sweep.attempt(partial(act, at=at))


def let_events_go(*, at: datetime) -> int:
    """Days of events leave the database, the oldest first, and the first that may not go yet stops the others; gives how many went."""
    n = 0
    with locks.keeping(LAKE) as is_ours:
        for leaf in events.due(at=at) if is_ours else ():
            if not _may_go(leaf, at=at):
                log.warning("%s stays: it is not in the lake yet, or not in visits and carts", leaf.name)
                break
            if not events.let_go(leaf=leaf, at=at):
                break
            n += 1
    return n


def let_lake_go(*, at: datetime) -> int:
    """Months of events leave the lake; gives how many days they had."""
    with locks.keeping(LAKE) as is_ours:
        return lake.let_go(at=at) if is_ours else 0


def _may_go(leaf: Leaf, *, at: datetime) -> bool:
    """Whether all that is made of a day was made: visits, carts, and its copy in the lake where that is to be kept."""
    if leaf.is_going:
        return True  # it was asked before the night broke off, and nobody reads it any more
    if not exporting.is_folded(leaf.ends_at) or not shopping.is_carried(until=leaf.ends_at):
        return False
    first = how_long.first_kept_in_lake(at=at)
    is_over = first is not None and leaf.days()[-1] < first
    return is_over or lake.lies_there(leaf, at=at) or _is_written_anew(leaf, at=at)


def _is_written_anew(leaf: Leaf, *, at: datetime) -> bool:
    """One that lies there in part, since something reached a day that had been written, is written once more and counted again."""
    lake.write_anew(leaf, at=at)
    return lake.lies_there(leaf, at=at)
