"""Events and clicks name their visitor as its visits do (visits.proving.visitor_of); ties of visitors whom any browser can name end.

What the lake packed of closed months keeps the names it was packed with.
"""

from importlib import import_module

from django.db import migrations

FACTS = import_module("muhatap.visits.migrations.0006_facts").FORWARD
BEFORE = FACTS[FACTS.index("create view facts_events") : FACTS.index("create view facts_visitor_links")]
NAMED = "coalesce(nullif(e.anonymous_id, ''), 'user:' || e.user_id)"
AFTER = BEFORE.replace(NAMED, "visits_visitor_of(e.anonymous_id, e.user_id, e.by_server)")
VISITOR_OF = r"""
create function visits_visitor_of(anonymous_id text, user_id text, by_server boolean) returns text language sql immutable parallel safe as $$
  select case when anonymous_id <> '' and by_server then anonymous_id
              when anonymous_id <> '' then regexp_replace(anonymous_id, '^(known|user):', 'said:')
              when user_id = '' then ''
              when by_server then 'known:' || user_id
              else 'user:' || user_id end
$$;
"""
ENDED = """
with ended as (
  update visits_visitorlink set taken_back_at = now() where visitor like 'user:%' and taken_back_at is null returning site_id, visitor)
insert into visits_visitnews (visit_id)
select v.id from visits_visit v join (select distinct site_id, visitor from ended) e using (site_id, visitor)
on conflict do nothing;
"""


def _replaced(views: str) -> str:
    return views.replace("create view", "create or replace view")


class Migration(migrations.Migration):
    dependencies = [("visits", "0008_empty_searches")]
    operations = [
        migrations.RunSQL(
            VISITOR_OF + _replaced(AFTER), _replaced(BEFORE) + "drop function visits_visitor_of(text, text, boolean);"
        ),
        migrations.RunSQL(ENDED, migrations.RunSQL.noop),
    ]
