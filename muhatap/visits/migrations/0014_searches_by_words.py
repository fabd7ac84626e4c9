from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the index is built beside other work

    dependencies = [
        ("shared", "0001_text"),
        ("visits", "0013_no_visit_of_servers"),
    ]

    operations = [
        migrations.RunSQL("drop index concurrently if exists empty_searches_for_words", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="emptysearch",
            index=models.Index(models.Func("query", function="fold_tr"), "visit", name="empty_searches_for_words"),
        ),
    ]
