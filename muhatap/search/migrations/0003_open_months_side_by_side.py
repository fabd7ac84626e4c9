"""Two who open the same month at once: the second waits, and must then see what the first made.

`to_regclass` would repeat from its process's memory what it said before the wait, and the second would fail; pg_class is read
as a row.
"""

from django.db import migrations

OPEN = """
create or replace function search_open_month(moment timestamptz) returns void language plpgsql as $$
declare
  first timestamp := date_trunc('month', moment at time zone 'UTC');
  name text := 'search_document_' || to_char(first, 'YYYYMM');
begin
  if to_regclass(name) is not null then return; end if;
  perform pg_advisory_xact_lock(hashtext('search_open_month'));
  if exists (select from pg_class where relname = name and relkind = 'r') then return; end if;
  execute format('create table %I partition of search_document for values from (%L) to (%L)',
                 name, first at time zone 'UTC', (first + interval '1 month') at time zone 'UTC');
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("search", "0002_teams_are_asked_of_finds")]

    operations = [migrations.RunSQL(OPEN, migrations.RunSQL.noop)]
