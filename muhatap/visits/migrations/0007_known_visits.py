"""Roll-ups count the visits of those we know: such a visit stands in the ledger."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("muhatap.visits.migrations.0004_tallies_follow_visits")
TABLE, ACTS = "visits_visit", ("insert", "update", "delete")
TALLIES = ("daytally", "minutetally", "tallychange")
GONE = "".join(f"drop trigger {TABLE}_{act}_tallied on {TABLE}; drop function {TABLE}_{act}_tallied();" for act in ACTS)
PAGES_GONE = GONE.replace(TABLE, "visits_pageview")
VISITS = BEFORE.VISITS.replace("v.visitor not like 'day:%'", "v.interaction_id is not null")
FORWARD = "".join(
    BEFORE.following(table, cells).replace("n_consented", "n_known")
    for table, cells in ((TABLE, VISITS), ("visits_pageview", BEFORE.PAGES))
)
BACKWARD = BEFORE.following(TABLE, BEFORE.VISITS) + BEFORE.following("visits_pageview", BEFORE.PAGES)
NOBODY_YET = "".join(f"update visits_{name} set n_known = 0 where n_known <> 0;" for name in TALLIES)  # noqa: S608


class Migration(migrations.Migration):
    dependencies = [("visits", "0006_facts")]
    operations = [
        migrations.RunSQL(GONE + PAGES_GONE, BACKWARD),
        *(migrations.RenameField(name, "n_consented", "n_known") for name in TALLIES),
        migrations.RunSQL(NOBODY_YET, migrations.RunSQL.noop),
        migrations.RunSQL(FORWARD, GONE + PAGES_GONE),
    ]
