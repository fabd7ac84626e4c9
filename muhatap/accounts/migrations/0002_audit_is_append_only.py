"""The audit only grows: the database itself refuses to change or remove a row."""

from django.db import migrations

FORWARD = """
create function audit_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the audit is append-only' using errcode = 'restrict_violation';
end $$;
create trigger audit_is_append_only before update or delete on accounts_auditentry
  for each statement execute function audit_is_append_only();
"""
BACKWARD = """
drop trigger audit_is_append_only on accounts_auditentry;
drop function audit_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
