"""The words of a cost go with the case or the promise they tell of; what it came to stays."""

from django.db import migrations

FUNCTION = """
create or replace function cost_stays_as_written() returns trigger language plpgsql as $$
begin
  if (new.kind, new.what, new.amount, new.currency, new.minutes, new.source, new.reverses_id, new.at, new.recorded_at)
    is distinct from
    (old.kind, old.what, old.amount, old.currency, old.minutes, old.source, old.reverses_id, old.at, old.recorded_at)
  then -- what is wrong is taken back by a row against it, so that a figure somebody has read stays explained
    raise exception 'cost % stays as it was written', old.id using errcode = 'check_violation';
  end if;
  {more}
  return new;
end $$;
"""
FORGET = """
  if old.case_id is not null and new.case_id is null or old.promise_id is not null and new.promise_id is null then
    new.note = ''; -- erased with whom it was about
  end if;
"""
FORGOTTEN = "update service_cost set note = '' where note <> '' and case_id is null and source <> '';"


class Migration(migrations.Migration):
    dependencies = [("service", "0005_cases_on_the_timeline")]
    operations = [
        migrations.RunSQL(FUNCTION.replace("{more}", FORGET), FUNCTION.replace("{more}", "")),
        migrations.RunSQL(FORGOTTEN, migrations.RunSQL.noop),
    ]
