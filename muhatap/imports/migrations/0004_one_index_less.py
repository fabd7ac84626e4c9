import django.db.models.deletion
from django.db import migrations, models

NAME = "imports_importrow_of_id_fc2835b3"


class Migration(migrations.Migration):
    atomic = False  # the index goes beside other work

    dependencies = [
        ("imports", "0003_exports_may_be_stopped"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"drop index concurrently if exists {NAME}",
                    f"create index concurrently if not exists {NAME} on imports_importrow (of_id)",
                )
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="importrow",
                    name="of",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="imports.import",
                    ),
                ),
            ],
        ),
    ]
