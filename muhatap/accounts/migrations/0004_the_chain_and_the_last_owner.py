"""What the database itself keeps true: the audit is chained at commit, its links are not changed, an owner remains."""

from django.db import migrations

FORWARD = """
create function audit_chain(entry_id bigint) returns void language plpgsql as $$
declare
  last record;
begin
  -- One at a time, and only at the very end of a transaction: nothing is waited for while this is held.
  perform pg_advisory_xact_lock(7227183442);
  select place, hash into last from accounts_auditlink order by place desc limit 1;
  insert into accounts_auditlink (place, entry_id, hash)
  select coalesce(last.place, 0) + 1, entry.id, encode(sha256(convert_to(
    coalesce(last.hash, repeat('0', 64)) || jsonb_build_array(
      coalesce(last.place, 0) + 1, entry.id, (extract(epoch from entry.at) * 1000000)::bigint, entry.by_id,
      entry.by_name, entry.act, entry.object_kind, entry.object_id, entry.object_name, entry.details
    )::text, 'UTF8')), 'hex')
  from accounts_auditentry entry where entry.id = audit_chain.entry_id;
end $$;

create function audit_is_chained() returns trigger language plpgsql as $$
begin
  perform audit_chain(new.id);
  return null;
end $$;
create constraint trigger audit_is_chained after insert on accounts_auditentry
  deferrable initially deferred for each row execute function audit_is_chained();

create trigger audit_is_append_only before update or delete on accounts_auditlink
  for each statement execute function audit_is_append_only();

do $$
declare
  entry record;
begin
  for entry in select id from accounts_auditentry order by id loop
    perform audit_chain(entry.id);
  end loop;
end $$;

create function an_owner_remains() returns trigger language plpgsql as $$
begin
  -- The lock keeps two owners from removing each other in the same moment.
  perform pg_advisory_xact_lock(7227183443);
  if not exists (select 1 from accounts_user where role = 'owner' and is_active) then
    raise exception 'at least one active owner must remain' using errcode = 'restrict_violation';
  end if;
  return null;
end $$;
create trigger an_owner_remains_on_change after update of role, is_active on accounts_user
  for each row when (old.role = 'owner' and old.is_active and not (new.role = 'owner' and new.is_active))
  execute function an_owner_remains();
create trigger an_owner_remains_on_removal after delete on accounts_user
  for each row when (old.role = 'owner' and old.is_active) execute function an_owner_remains();
"""
BACKWARD = """
drop trigger an_owner_remains_on_removal on accounts_user;
drop trigger an_owner_remains_on_change on accounts_user;
drop function an_owner_remains();
drop trigger audit_is_append_only on accounts_auditlink;
drop trigger audit_is_chained on accounts_auditentry;
drop function audit_is_chained();
drop function audit_chain(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_chain_and_invitations")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
