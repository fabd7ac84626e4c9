"""No index of a foreign key beside another one that begins with it. They go beside other work."""

import django.db.models.deletion
from django.db import migrations, models

INDEXES = {
    "imports_rehearsedkey_of_id_95ac33a4": "imports_rehearsedkey (of_id)",
}


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("imports", "0007_files_are_let_go"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"drop index concurrently if exists {name}",
                    f"create index concurrently if not exists {name} on {of}",
                )
                for name, of in INDEXES.items()
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="rehearsedkey",
                    name="of",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="imports.import",
                    ),
                ),
            ],
        ),
    ]
