"""Every closed day goes into the lake, soon after midnight; nights that were missed are made up for."""

from datetime import datetime
from itertools import islice

from muhatap.flow.letting_go import LAKE
from muhatap.insight import exporting
from muhatap.shared import locks

MOST = 40  # days in one run: a long pause is made up for within some hours, without holding a worker for one of them


def fill(*, at: datetime) -> int:
    """Export the closed days that are due, oldest first, and give how many. What fails stays due, and the days after it too."""
    with locks.keeping(LAKE) as is_ours:  # of a day that is just leaving the database nothing may be written
        if not is_ours:
            return 0
        days = list(islice(exporting.due(at=at), MOST))
        for day in days:
            exporting.export(day, at=at)
        exporting.pack()
    return len(days)
