"""Every firm begins with the usual causes; a cost that was written down is not changed any more."""

from typing import Any

from django.db import migrations
from django.utils import timezone

from muhatap.service.usual_causes import USUAL

FORWARD = """
create function cost_stays_as_written() returns trigger language plpgsql as $$
begin
  if (new.kind, new.what, new.amount, new.currency, new.minutes, new.source, new.reverses_id, new.at, new.recorded_at)
    is distinct from
    (old.kind, old.what, old.amount, old.currency, old.minutes, old.source, old.reverses_id, old.at, old.recorded_at)
  then -- what is wrong is taken back by a row against it, so that a figure somebody has read stays explained
    raise exception 'cost % stays as it was written', old.id using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger cost_stays_as_written before update on service_cost
  for each row execute function cost_stays_as_written();
"""
BACKWARD = """
drop trigger cost_stays_as_written on service_cost;
drop function cost_stays_as_written();
"""


def begin(apps: Any, _editor: Any) -> None:
    cause = apps.get_model("service", "Cause")
    now = timezone.now()
    for place, (slug, name, name_en, children) in enumerate(USUAL):
        parent, _made = cause.objects.get_or_create(
            slug=slug, defaults={"name": name, "name_en": name_en, "position": place, "created_at": now}
        )
        for under, (child, said, said_en) in enumerate(children):
            cause.objects.get_or_create(
                slug=child,
                defaults={"name": said, "name_en": said_en, "parent": parent, "position": under, "created_at": now},
            )


class Migration(migrations.Migration):
    dependencies = [("service", "0003_cases_and_costs")]
    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
