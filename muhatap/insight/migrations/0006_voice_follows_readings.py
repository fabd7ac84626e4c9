"""What customers say, by the day: triggers append what every change of readings changes, so that no act and no cascade forgets it."""

from django.db import migrations

FORWARD = """
create function insight_voice_added() returns trigger language plpgsql as $$
begin
  insert into insight_voicedelta (at, kind, sentiment, topic_id, channel, inbox_id, n, n_sure)
    select r.at, r.kind, r.sentiment, coalesce(r.topic_id, 0), i.channel, coalesce(i.inbox_id, 0), 1, r.is_sure::int
    from added r join interactions_interaction i on i.id = r.interaction_id;
  return null;
end $$;
create function insight_voice_removed() returns trigger language plpgsql as $$
begin
  insert into insight_voicedelta (at, kind, sentiment, topic_id, channel, inbox_id, n, n_sure)
    select r.at, r.kind, r.sentiment, coalesce(r.topic_id, 0), i.channel, coalesce(i.inbox_id, 0), -1, -r.is_sure::int
    from removed r join interactions_interaction i on i.id = r.interaction_id;
  return null;
end $$;
create trigger insight_voice_added after insert on understanding_reading
  referencing new table as added for each statement execute function insight_voice_added();
create trigger insight_voice_removed after delete on understanding_reading
  referencing old table as removed for each statement execute function insight_voice_removed();
create trigger insight_voice_changed_from after update on understanding_reading
  referencing old table as removed for each statement execute function insight_voice_removed();
create trigger insight_voice_changed_to after update on understanding_reading
  referencing new table as added for each statement execute function insight_voice_added();
insert into insight_voicedelta (at, kind, sentiment, topic_id, channel, inbox_id, n, n_sure)
  select r.at, r.kind, r.sentiment, coalesce(r.topic_id, 0), i.channel, coalesce(i.inbox_id, 0), count(*), sum(r.is_sure::int)
  from understanding_reading r join interactions_interaction i on i.id = r.interaction_id group by 1, 2, 3, 4, 5, 6;
"""
BACKWARD = """
drop trigger insight_voice_changed_to on understanding_reading;
drop trigger insight_voice_changed_from on understanding_reading;
drop trigger insight_voice_removed on understanding_reading;
drop trigger insight_voice_added on understanding_reading;
drop function insight_voice_removed();
drop function insight_voice_added();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("insight", "0005_voice_and_weekly_letters"),
        ("understanding", "0003_themes"),
        ("interactions", "0007_posts"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
