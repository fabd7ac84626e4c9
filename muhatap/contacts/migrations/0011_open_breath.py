"""What has to be known to answer one breath of a channel, asked in one call."""

from django.db import migrations

# Each statement in here sees what was committed before it began: whoever waited for a lock reads what the one before it wrote.
FORWARD = """
create function open_breath(
  everybody bigint, locks bigint[], kinds text[], told_values text[], are_verified boolean[], channel text, called text
) returns jsonb language plpgsql as $$
declare
  held jsonb; known jsonb; rules jsonb; words jsonb;
begin
  perform pg_advisory_xact_lock_shared(everybody);
  perform pg_advisory_xact_lock(number) from unnest(locks) number;

  if true = any(are_verified) then
    select jsonb_agg(to_jsonb(standing)) into held from (
      select c.* from contacts_contact c
      where c.merged_into_id is null and c.id in (
        select i.contact_id
        from unnest(kinds, told_values, are_verified) as asked(kind, value, is_verified)
        join contacts_identity i on i.kind = asked.kind and i.value = asked.value and i.verified_at is not null
        where asked.is_verified
      ) order by c.id for no key update
    ) standing;
    select jsonb_agg(jsonb_build_array(i.kind, i.value, i.id, c.id, c.merged_into_id)) into known
    from unnest(kinds, told_values, are_verified) as asked(kind, value, is_verified)
    join contacts_identity i on i.kind = asked.kind and i.value = asked.value and i.verified_at is not null
    join contacts_contact c on c.id = i.contact_id
    where asked.is_verified;
  end if;

  select jsonb_agg(jsonb_build_array(what, kind, value, numbers)) into rules from (
    select 'limits' as what, kind, '' as value, array[priority, n_per_contact, n_people, coalesce(window_days, 0)] as numbers
    from contacts_identityrule
    union all
    select b.how, b.kind, b.value, null from contacts_blockedvalue b where b.how = 'pattern'
    union all
    select b.how, b.kind, b.value, null
    from unnest(kinds, told_values) as asked(kind, value)
    join contacts_blockedvalue b on b.kind = asked.kind and b.value = asked.value and b.how <> 'pattern'
    union all
    select 'shared', s.kind, s.value, null
    from unnest(kinds, told_values) as asked(kind, value)
    join contacts_sharedvalue s on s.kind = asked.kind and s.value = asked.value
  ) touching;

  if called <> '' then
    select jsonb_agg(jsonb_build_array(id, contact_id, home_id, told, is_current, version) order by version desc) into words
    from contacts_sourcerecord where source = channel and external_id = called;
  end if;

  return jsonb_build_object('held', held, 'known', known, 'rules', rules, 'words', words);
end $$;
"""
BACKWARD = "drop function open_breath(bigint, bigint[], text[], text[], boolean[], text, text)"


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0010_public_accounts"),
    ]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
