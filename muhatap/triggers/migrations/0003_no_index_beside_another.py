"""No index of a foreign key beside another one that begins with it. They go beside other work."""

import django.db.models.deletion
from django.db import migrations, models

INDEXES = {
    "triggers_firing_contact_id_42ec8da7": "triggers_firing (contact_id)",
    "triggers_firing_trigger_id_a4c95f9f": "triggers_firing (trigger_id)",
}


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("contacts", "0016_no_index_beside_another"),
        ("triggers", "0002_open_complaint"),
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
                    model_name="firing",
                    name="contact",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="firings",
                        to="contacts.contact",
                    ),
                ),
                migrations.AlterField(
                    model_name="firing",
                    name="trigger",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="firings",
                        to="triggers.trigger",
                    ),
                ),
            ],
        ),
    ]
