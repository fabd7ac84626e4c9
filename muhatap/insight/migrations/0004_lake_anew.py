"""Visits in the lake have a column more: what was written without it is written again, and read from PostgreSQL until then."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("insight", "0003_exported_days"), ("visits", "0010_nameless_facts")]
    operations = [migrations.RunSQL("delete from insight_exportedday", migrations.RunSQL.noop)]
