"""Documents for full text, a partition a month, and what writes them and searches them inside the database.

Words are folded after stemming: the Turkish stemmer knows only Turkish letters, people leave them out. Stem and whole
word stand at the same positions (joined as text, since || would shift them), so phrases work and the stemmer's faults
are mended by the other half. Signs that the parser would make words with become spaces first: fatura.pdf, MHT-00042.
Configurations are named, so that the functions may be immutable. Every letter that translate() looks for costs time on
every letter of every message: the lists are as short as they can be.
"""

import django.contrib.postgres.search
from django.db import migrations, models

VECTOR = r"""
create function search_phones(body text) returns text language sql immutable strict parallel safe as $$
  select case when body !~ '[0-9][0-9]' then '' else coalesce((
    select string_agg(' tel' || number || ' tel' || right(number, 7), '') from (
      select right(translate(found[1], '+() .-/', ''), 10) from regexp_matches(
        translate(body, E'\u00a0\u2011\u2013', ' --'),
        '(?<![0-9])((?:(?:[+]?90|0)?[ ().-]*[2-58][0-9]{2}[ ().-]*[0-9]{3}[ .-]*[0-9]{2}[ .-]*[0-9]{2})'
        '|(?:444(?:[ .-]*[0-9]){4})|(?:[+][1-9][0-9]{0,2}(?:[ ().-]*[0-9]){7,12}))(?![0-9])', 'g') as found
    ) as numbers(number)), '') end
$$;
create function search_words(body text) returns text language plpgsql immutable strict parallel safe as $$
begin
  if body ~ E'[\u0300-\u036f]' then body := normalize(body); end if;
  return lower(translate(body || search_phones(body), E'-./@:+<&_\u0130I\u0307\u00ad', E'         i\u0131'));
end $$;
create function search_vector(body text) returns tsvector language plpgsql immutable strict parallel safe as $$
begin
  body := search_words(body);
  return (translate(to_tsvector('pg_catalog.turkish', body)::text, 'ışğüöçâîû', 'isguocaiu') || ' '
       || to_tsvector('pg_catalog.simple', translate(body, 'ışğüöçâîû', 'isguocaiu'))::text)::tsvector;
end $$;
create function search_word(word text, marks text) returns tsquery language sql immutable strict parallel safe as $$
  select coalesce(string_agg(quote_literal(lexeme) || marks, ' | ')::tsquery, ''::tsquery)
  from unnest(tsvector_to_array(search_vector(word))) as lexeme
$$;
create function search_phrase(phrase text) returns tsquery language sql immutable strict parallel safe as $$
  select fold_tr(phraseto_tsquery('pg_catalog.simple', search_words(phrase))::text)::tsquery
$$;
"""

DOCUMENTS = """
create table search_document (
  message_id bigint not null, conversation_id bigint not null, inbox_id bigint not null,
  kind varchar(10) not null, at timestamptz not null, tsv tsvector not null,
  primary key (at, message_id)
) partition by range (at);
create index search_document_words on search_document using gin (tsv);
create table search_document_other partition of search_document default;

create function search_open_month(moment timestamptz) returns void language plpgsql as $$
declare
  first timestamp := date_trunc('month', moment at time zone 'UTC');
  name text := 'search_document_' || to_char(first, 'YYYYMM');
begin
  if to_regclass(name) is not null then return; end if;
  perform pg_advisory_xact_lock(hashtext('search_open_month'));
  if to_regclass(name) is not null then return; end if;
  execute format('create table %I partition of search_document for values from (%L) to (%L)',
                 name, first at time zone 'UTC', (first + interval '1 month') at time zone 'UTC');
end $$;
"""

# A letter that begins its thread is taken whole: what it quotes stands nowhere else. What later ones quote does.
WRITING = """
create function search_people(addresses jsonb) returns text language sql immutable strict parallel safe as $$
  select coalesce(string_agg(concat_ws(' ', one ->> 'name', one ->> 'email'), ' '), '')
  from jsonb_array_elements(case jsonb_typeof(addresses) when 'array' then addresses else '[]' end) as one
$$;
create function search_write(first_id bigint, last_id bigint) returns bigint language plpgsql as $$
declare n bigint;
begin
  insert into search_document (message_id, conversation_id, inbox_id, kind, at, tsv)
  select m.id, m.conversation_id, c.inbox_id, m.kind, m.at,
    setweight(search_vector(m.subject), 'A')
    || case when f.names is null then ''::tsvector else setweight(search_vector(f.names), 'B') end
    || setweight(search_vector(case m.kind
         when 'inbound' then concat_ws(' ', m.sender ->> 'name', m.sender ->> 'email')
         when 'outbound' then search_people(m."to") || ' ' || search_people(m.cc) else '' end), 'C')
    || search_vector(left(case when m.reply_text = '' or m.text = m.reply_text or not exists (
         select from conversations_message e where e.conversation_id = m.conversation_id
           and (e.at, e.id) < (m.at, m.id) and e.kind in ('inbound', 'outbound')
       ) then m.text else m.reply_text end || case m.kind when 'inbound' then ' ' || search_people(m.cc) else '' end, 100000))
    || array_to_tsvector(array_remove(array[
         case m.kind when 'inbound' then '~in' end, case when f.names is not null then '~file' end, '@' || m.by_id], null))
  from conversations_message m
  join conversations_conversation c on c.id = m.conversation_id
  left join lateral (
    select string_agg(a.name, ' ') as names from conversations_attachment a
    where a.message_id = m.id and not a.is_inline
  ) f on true
  where m.id between first_id and last_id and m.kind <> 'event'
  on conflict (at, message_id) do update set
    conversation_id = excluded.conversation_id, inbox_id = excluded.inbox_id, kind = excluded.kind, tsv = excluded.tsv;
  get diagnostics n = row_count;
  return n;
end $$;
"""

# A new document may come seconds later, by a job. What was moved, changed or taken back may not be found a moment longer.
FOLLOWING = """
create function search_follows_message() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    delete from search_document where at = old.at and message_id = old.id;
    return null;
  end if;
  if not exists (select from search_document where at = old.at and message_id = old.id) then return null; end if;
  if old.at <> new.at then
    delete from search_document where at = old.at and message_id = old.id;
  end if;
  if (old.subject, old.text, old.reply_text, old.kind, old.at, old.sender) is distinct from
     (new.subject, new.text, new.reply_text, new.kind, new.at, new.sender) then
    perform search_write(new.id, new.id);
  elsif old.conversation_id <> new.conversation_id then
    update search_document d set conversation_id = c.id, inbox_id = c.inbox_id from conversations_conversation c
    where c.id = new.conversation_id and d.at = new.at and d.message_id = new.id;
  end if;
  return null;
end $$;
create trigger search_follows_message
  after delete or update of conversation_id, subject, text, reply_text, kind, at, sender on conversations_message
  for each row execute function search_follows_message();

create function search_follows_attachment() returns trigger language plpgsql as $$
declare number bigint := case tg_op when 'DELETE' then old.message_id else new.message_id end;
begin
  if exists (select from conversations_message m join search_document d on d.at = m.at and d.message_id = m.id
             where m.id = number) then
    perform search_write(number, number);
  end if;
  return null;
end $$;
create trigger search_follows_attachment after insert or delete on conversations_attachment
  for each row execute function search_follows_attachment();
"""

# The planner is wrong in both directions here (an index walk for a word nobody wrote, all hits for one everybody
# wrote), so nothing is left to it: newest windows while they give hits, then month by month through the word index.
CANDIDATES = """
create function search_candidates(
  q tsquery, most int, since timestamptz, until timestamptz, kinds text[],
  sees_all boolean, seen_inboxes bigint[], seen_teams bigint[], seen_conversations bigint[], reader bigint,
  inboxes bigint[], teams bigint[], assignees bigint[], statuses text[], tags bigint[], not_tags bigint[],
  out message_id bigint, out conversation_id bigint, out at timestamptz, out rank real
) returns setof record language plpgsql stable as $$
declare
  win constant int := 4000;
  part text;
  condition text := 'true';
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
    condition := condition || ' and (d.inbox_id = any($7) or d.conversation_id = any($9) or d.conversation_id in (
      select c.id from conversations_conversation c where c.assignee_id = $10 union all
      select c.id from conversations_conversation c where c.team_id = any($8)))';
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
        where %s order by d.at desc, d.message_id desc limit $4', part, condition)
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
          select d.ctid as place, d.at, d.message_id, d.conversation_id from %I d
          where (d.at, d.message_id) < ($2, $3) and %s),
        top as (select * from hit order by hit.at desc, hit.message_id desc limit $4)
        select top.message_id, top.conversation_id, top.at,
               (select ts_rank_cd(d.tsv, $1, 1) from %I d where d.ctid = top.place)
        from top', part, condition, part)
        using q, high_at, high_id, most - n, since, kinds, seen_inboxes, seen_teams, seen_conversations, reader,
              inboxes, teams, assignees, statuses, tags, not_tags;
      get diagnostics hits = row_count;
      n := n + hits;
      exit when n >= most;
    end if;
  end loop;
end $$;
"""

FORWARD = VECTOR + DOCUMENTS + WRITING + FOLLOWING + CANDIDATES
BACKWARD = """
drop function search_candidates;
drop trigger search_follows_message on conversations_message;
drop trigger search_follows_attachment on conversations_attachment;
drop function search_follows_message();
drop function search_follows_attachment();
drop function search_write(bigint, bigint);
drop function search_people(jsonb);
drop function search_open_month(timestamptz);
drop table search_document;
drop function search_phrase(text);
drop function search_word(text, text);
drop function search_vector(text);
drop function search_words(text);
drop function search_phones(text);
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("shared", "0001_text"), ("conversations", "0002_counts_are_kept")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(FORWARD, BACKWARD)],
            state_operations=[
                migrations.CreateModel(
                    name="Document",
                    fields=[
                        ("message_id", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("conversation_id", models.BigIntegerField()),
                        ("inbox_id", models.BigIntegerField()),
                        ("kind", models.CharField(max_length=10)),
                        ("at", models.DateTimeField()),
                        ("tsv", django.contrib.postgres.search.SearchVectorField()),
                    ],
                    options={"db_table": "search_document"},
                )
            ],
        ),
        migrations.CreateModel(
            name="Rebuild",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("up_to_id", models.BigIntegerField()),
                ("done_id", models.BigIntegerField(default=0)),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddConstraint(
            model_name="rebuild",
            constraint=models.UniqueConstraint(
                fields=["ended_at"],
                condition=models.Q(ended_at=None),
                name="rebuild_one_at_a_time",
                nulls_distinct=False,
            ),
        ),
    ]
