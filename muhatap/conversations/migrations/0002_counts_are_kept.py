"""Counts of the side bar: a trigger appends what changed, so that no act can forget it."""

from django.db import migrations

FORWARD = """
create function conversation_count_changes() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and (old.inbox_id, old.team_id, old.assignee_id, old.status, old.merged_into_id)
      is not distinct from (new.inbox_id, new.team_id, new.assignee_id, new.status, new.merged_into_id) then
    return null;
  end if;
  if tg_op <> 'INSERT' and old.merged_into_id is null then
    insert into conversations_conversationcountdelta (inbox_id, team_id, assignee_id, status, n)
      values (old.inbox_id, coalesce(old.team_id, 0), coalesce(old.assignee_id, 0), old.status, -1);
  end if;
  if tg_op <> 'DELETE' and new.merged_into_id is null then
    insert into conversations_conversationcountdelta (inbox_id, team_id, assignee_id, status, n)
      values (new.inbox_id, coalesce(new.team_id, 0), coalesce(new.assignee_id, 0), new.status, 1);
  end if;
  return null;
end $$;
create trigger conversation_count_changes after insert or update or delete on conversations_conversation
  for each row execute function conversation_count_changes();
"""
BACKWARD = """
drop trigger conversation_count_changes on conversations_conversation;
drop function conversation_count_changes();
"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
