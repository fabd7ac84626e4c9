from django.db import migrations

# The same finds by another way (docs/decisions/0018). Whether a team's conversation is meant was asked by laying all
# conversations of the team beside each month's documents: a quarter of a second for a word that stands in five of them. It is
# asked of each find now, the newest first, until there are enough. Whoever sees only their own keeps the old way: theirs are few.
CANDIDATES = """
create or replace function search_candidates(
  q tsquery, most int, since timestamptz, until timestamptz, kinds text[],
  sees_all boolean, seen_inboxes bigint[], seen_teams bigint[], seen_conversations bigint[], reader bigint,
  inboxes bigint[], teams bigint[], assignees bigint[], statuses text[], tags bigint[], not_tags bigint[],
  out message_id bigint, out conversation_id bigint, out at timestamptz, out rank real
) returns setof record language plpgsql stable as $$
declare
  win constant int := 4000;
  part text;
  condition text := 'true'; visible text := 'true';
  thread text := '';
  chosen text;
  high_at timestamptz; high_id bigint; low_at timestamptz; low_id bigint;
  n int := 0; hits int; is_window boolean := true;
begin
  if numnode(q) > 0 then condition := condition || ' and d.tsv @@ $1'; end if;
  if kinds is not null then condition := condition || ' and d.kind = any($6)'; end if;
  if since is not null then condition := condition || ' and d.at >= $5'; end if;
  if inboxes is not null then condition := condition || ' and d.inbox_id = any($11)'; end if;
  if not sees_all then
    visible := '(d.inbox_id = any($7) or d.conversation_id = any($9) or d.conversation_id in (
      select c.id from conversations_conversation c where c.assignee_id = $10)';
    if cardinality(seen_teams) > 0 then
      visible := visible || ' or (select c.team_id = any($8) from conversations_conversation c where c.id = d.conversation_id))';
    else
      condition := condition || ' and ' || visible || ')';
      visible := 'true';
    end if;
  end if;
  if teams is not null then thread := thread || ' and coalesce(c.team_id, 0) = any($12)'; end if;
  if assignees is not null then thread := thread || ' and coalesce(c.assignee_id, 0) = any($13)'; end if;
  if statuses is not null then thread := thread || ' and c.status = any($14)'; end if;
  if tags is not null then
    thread := thread || ' and (select count(*) from conversations_conversationtag t
      where t.conversation_id = c.id and t.tag_id = any($15)) = cardinality($15)';
  end if;
  if not_tags is not null then
    thread := thread || ' and not exists (select from conversations_conversationtag t
      where t.conversation_id = c.id and t.tag_id = any($16))';
  end if;
  if thread <> '' then
    condition := condition || ' and exists (select from conversations_conversation c where c.id = d.conversation_id' || thread || ')';
  end if;

  for part in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'search_document'::regclass
      and (c.relname !~ '[0-9]{6}$'
           or (since is null or right(c.relname, 6) >= to_char(since at time zone 'UTC', 'YYYYMM'))
          and (until is null or right(c.relname, 6) <= to_char(until at time zone 'UTC', 'YYYYMM')))
    order by c.relname ~ '[0-9]{6}$' desc, c.relname desc
  loop
    high_at := coalesce(until, 'infinity'); high_id := 0;
    low_at := high_at;
    while is_window and low_at is not null and n < most loop
      execute format('select d.at, d.message_id from %I d where (d.at, d.message_id) < ($1, $2)
                      order by d.at desc, d.message_id desc offset $3 limit 1', part)
        into low_at, low_id using high_at, high_id, win - 1;
      return query execute format('select d.message_id, d.conversation_id, d.at, ts_rank_cd(d.tsv, $1, 1)
        from (select * from %I d where (d.at, d.message_id) < ($2, $3)
              order by d.at desc, d.message_id desc limit $17) d
        where %s and %s order by d.at desc, d.message_id desc limit $4', part, condition, visible)
        using q, high_at, high_id, most - n, since, kinds, seen_inboxes, seen_teams, seen_conversations, reader,
              inboxes, teams, assignees, statuses, tags, not_tags, win;
      get diagnostics hits = row_count;
      n := n + hits;
      if low_at is not null then
        high_at := low_at; high_id := low_id;
        if hits < win / 50 then is_window := false; end if;
      end if;
    end loop;
    exit when n >= most;
    if not is_window then
      return query execute format('with hit as materialized (
          select d.ctid as place, d.at, d.message_id, d.conversation_id, d.inbox_id from %I d
          where (d.at, d.message_id) < ($2, $3) and %s),
        top as (select * from (select * from hit order by hit.at desc, hit.message_id desc offset 0) d where %s limit $4)
        select top.message_id, top.conversation_id, top.at,
               (select ts_rank_cd(d.tsv, $1, 1) from %I d where d.ctid = top.place)
        from top', part, condition, visible, part)
        using q, high_at, high_id, most - n, since, kinds, seen_inboxes, seen_teams, seen_conversations, reader,
              inboxes, teams, assignees, statuses, tags, not_tags;
      get diagnostics hits = row_count;
      n := n + hits;
      exit when n >= most;
    end if;
  end loop;
end $$;;
"""


class Migration(migrations.Migration):
    dependencies = [("search", "0001_documents")]
    operations = [migrations.RunSQL(CANDIDATES, migrations.RunSQL.noop)]
