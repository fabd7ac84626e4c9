"""Roll-ups by day: triggers append what every change of moments changes, so that neither an act nor a cascade can forget it."""

from django.db import migrations

FORWARD = """
create function insight_step(seconds bigint) returns smallint language sql immutable parallel safe as $$
  select case when seconds <= 1 then 0 else ceil(ln(seconds::numeric) / ln(1.1))::smallint end
$$;
create function insight_bucket(kind text, value bigint, hour smallint) returns smallint
language sql immutable parallel safe as $$
  select case
    when kind in ('first_response', 'next_response', 'resolution') then insight_step(value)
    when kind = 'rated' then value::smallint
    when kind in ('arrived', 'received', 'answered') then hour
    else 0 end
$$;
create function insight_moments_added() returns trigger language plpgsql as $$
begin
  insert into insight_rollupdelta (figure, "on", inbox_id, team_id, user_id, bucket, n, total)
    select kind, "on", inbox_id, team_id, user_id, insight_bucket(kind, value, hour), 1, coalesce(value, 0) from added
    union all
    select kind || ':working', "on", inbox_id, team_id, user_id, insight_step(working), 1, working
    from added where working is not null;
  return null;
end $$;
create function insight_moments_removed() returns trigger language plpgsql as $$
begin
  insert into insight_rollupdelta (figure, "on", inbox_id, team_id, user_id, bucket, n, total)
    select kind, "on", inbox_id, team_id, user_id, insight_bucket(kind, value, hour), -1, -coalesce(value, 0) from removed
    union all
    select kind || ':working', "on", inbox_id, team_id, user_id, insight_step(working), -1, -working
    from removed where working is not null;
  return null;
end $$;
create trigger insight_moments_added after insert on insight_moment
  referencing new table as added for each statement execute function insight_moments_added();
create trigger insight_moments_removed after delete on insight_moment
  referencing old table as removed for each statement execute function insight_moments_removed();
create trigger insight_moments_changed_from after update on insight_moment
  referencing old table as removed for each statement execute function insight_moments_removed();
create trigger insight_moments_changed_to after update on insight_moment
  referencing new table as added for each statement execute function insight_moments_added();
"""
BACKWARD = """
drop trigger insight_moments_changed_to on insight_moment;
drop trigger insight_moments_changed_from on insight_moment;
drop trigger insight_moments_removed on insight_moment;
drop trigger insight_moments_added on insight_moment;
drop function insight_moments_removed();
drop function insight_moments_added();
drop function insight_bucket(text, bigint, smallint);
drop function insight_step(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("insight", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
