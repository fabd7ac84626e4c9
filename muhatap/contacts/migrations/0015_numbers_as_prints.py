"""Records from before numbers of identity became prints kept the digits: against a print the same number would speak for two
people. Without a normal form they wait for the nightly comparison, which makes it anew."""

from django.db import migrations

ANEW = """
with old as (
  update contacts_sourcerecord set normal = '{}'
  where normal->>'national' <> '' and normal->>'national' !~ '^tc[0-9a-f]{32}[0-9]{2}$' returning id
)
delete from contacts_matchkey where record_id in (select id from old)
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0014_national_identities")]

    operations = [migrations.RunSQL(ANEW, migrations.RunSQL.noop)]
