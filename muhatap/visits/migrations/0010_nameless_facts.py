"""Visits say whether their visitor is nameless: known for one day, and so never somebody who comes back."""

from importlib import import_module

from django.db import migrations

FACTS = import_module("muhatap.visits.migrations.0006_facts").FORWARD
BEFORE = FACTS[FACTS.index("create view facts_visits") : FACTS.index("create view facts_page_views")]
LAST = "as campaign_medium\n"
AFTER = BEFORE.replace(LAST, "as campaign_medium, starts_with(v.visitor, 'day:') as is_nameless\n")


def _whole(view: str) -> str:
    return f"drop view facts_visits; {view}"


class Migration(migrations.Migration):
    dependencies = [("visits", "0009_one_name")]
    operations = [migrations.RunSQL(AFTER.replace("create view", "create or replace view"), _whole(BEFORE))]
