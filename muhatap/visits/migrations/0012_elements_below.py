from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the index is built beside other work

    dependencies = [
        ("visits", "0011_nameless_sites"),
    ]

    operations = [
        migrations.RunSQL("drop index concurrently if exists visits_elements_below", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="elementday",
            index=models.Index(
                fields=["on", "path"], opclasses=["date_ops", "varchar_pattern_ops"], name="visits_elements_below"
            ),
        ),
    ]
