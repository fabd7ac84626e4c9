"""What only the shop's server told of a customer, without a page, is no visit in reports, as it is none on their timeline."""

import re
from importlib import import_module

from django.db import migrations

TALLIES = import_module("muhatap.visits.migrations.0004_tallies_follow_visits")
KNOWN = import_module("muhatap.visits.migrations.0007_known_visits")
FACTS = import_module("muhatap.visits.migrations.0010_nameless_facts")
TOLD_ONLY = "v.n_pages = 0 and starts_with(v.visitor, 'known:')"
ALL = "where c.key <> '' or c.dim = 3"
VISITS = KNOWN.VISITS.replace(ALL, f"where (c.key <> '' or c.dim = 3) and not ({TOLD_ONLY})")
GONE = KNOWN.VISITS.replace(ALL, f"where (c.key <> '' or c.dim = 3) and {TOLD_ONLY}")
HELD = "lock table visits_visit in share row exclusive mode;"  # what a fold counted meanwhile nobody would take off
VIEW = FACTS.AFTER.replace(") t on true;", f") t on true where not ({TOLD_ONLY});")


def _following(cells: str) -> str:
    """The triggers stand; what they run is another."""
    told = TALLIES.following("visits_visit", cells).replace("n_consented", "n_known")
    functions = re.sub(r"create trigger [^;]*;", "", told)
    return functions.replace("create function", "create or replace function")


def _counted(*, is_on: bool) -> str:
    """Those that stand are taken off the roll-ups, or put back on."""
    cells = GONE.format("visits_visit")
    return str(TALLIES.appended("" if is_on else cells, cells if is_on else "")).replace("n_consented", "n_known")


def _replaced(view: str) -> str:
    return view.replace("create view", "create or replace view")


class Migration(migrations.Migration):
    dependencies = [("visits", "0012_elements_below")]
    operations = [
        migrations.RunSQL(
            HELD + _following(VISITS) + _counted(is_on=False) + _replaced(VIEW),
            HELD + _following(KNOWN.VISITS) + _counted(is_on=True) + _replaced(FACTS.AFTER),
        )
    ]
