"""Every closed day goes into the lake, soon after midnight; nights that were missed are made up for."""

import logging
from datetime import datetime

from muhatap.insight import exporting

log = logging.getLogger(__name__)
MOST = 40  # days in one run: a long pause is made up for within some hours, without holding a worker for one of them


def fill(*, at: datetime) -> int:
    """Export the closed days that are due, oldest first, and give how many. What fails stays due, and the days after it too."""
    n = 0
    for day in exporting.due(at=at):
        exporting.export(day, at=at)
        n += 1
        if n == MOST:
            break
    exporting.pack()
    return n
