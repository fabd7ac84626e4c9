"""States of what we send move forward only; raw bytes are kept uncompressed, for they are mostly compressed already."""

from django.db import migrations

FORWARD = """
create function outgoing_moves_forward() returns trigger language plpgsql as $$
begin
  if new.state < old.state and not (old.state = 20 and new.state = 10) then -- refused while being handed over: may be tried again
    raise exception 'outgoing % cannot go back from state % to %', old.id, old.state, new.state using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger outgoing_moves_forward before update of state on interactions_outgoing
  for each row execute function outgoing_moves_forward();
alter table interactions_rawitem alter column raw set storage external;
"""
BACKWARD = """
drop trigger outgoing_moves_forward on interactions_outgoing;
drop function outgoing_moves_forward();
"""


class Migration(migrations.Migration):
    dependencies = [("interactions", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
