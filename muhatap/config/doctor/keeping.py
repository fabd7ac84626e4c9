"""What is kept: does it go when its time is over?"""

from collections.abc import Iterator
from datetime import timedelta

from muhatap.config.doctor.finding import Finding, fine, look
from muhatap.config.environment import Environment
from muhatap.imports import letting_go as imports
from muhatap.shared import clock
from muhatap.shared.words import gettext as _
from muhatap.visits import letting_go as events

NIGHTS = timedelta(days=2)  # by then what was due has gone, unless something holds it


def events_and_files(settings: Environment) -> Iterator[Finding]:
    now = clock.now()
    held = [leaf for leaf in events.standing() if leaf.begins_at <= now]
    late, n_files = events.due(at=now - NIGHTS), imports.due(at=now - NIGHTS).count()
    if late:
        yield look(
            _("Days of web sites’ events whose time is over and that are still here: %(n)d, from %(day)s on.")
            % {"n": len(late), "day": late[0].day},
            _("A day goes when it is folded and lies in the lake; see what “muhatap serve” says about Jobs at night."),
        )
    if n_files:
        yield look(
            _("Files of imports whose time is over and that are still here: %(n)d.") % {"n": n_files},
            _("They go at night while the jobs run; see what “muhatap serve” says about Jobs."),
        )
    if not late and not n_files:
        size = sum(leaf.size for leaf in held) // 1024**2
        yield fine(
            _("Kept no longer than you said: events of %(n)d days (%(size)d MB), files of %(files)d imports.")
            % {"n": len(held), "size": size, "files": imports.standing().count()}
        )
