from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations, models

# What the firm's own fields say in words is part of what a contact is found by; rows written from now on say it themselves.
TOLD = """
update contacts_contact c set search_text = left(c.search_text || E'\\n' || told.words, 4000)
from (
  select o.id, string_agg(fold_tr(e.value), E'\\n') as words
  from contacts_contact o, jsonb_each_text(o.fields) as e(key, value)
  where o.fields <> '{}' and jsonb_typeof(o.fields -> e.key) = 'string' group by o.id
) told where told.id = c.id
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0008_consent")]

    operations = [
        migrations.AddIndex(
            model_name="company",
            index=GinIndex(fields=["folded"], name="company_search", opclasses=["gin_trgm_ops"]),
        ),
        migrations.AddIndex(
            model_name="contactnote",
            index=GinIndex(OpClass(models.Func("text", function="fold_tr"), name="gin_trgm_ops"), name="note_search"),
        ),
        migrations.RunSQL(TOLD, migrations.RunSQL.noop),
    ]
