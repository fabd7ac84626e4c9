"""No index of a foreign key beside another one that begins with it. They go beside other work."""

import django.db.models.deletion
from django.db import migrations, models

INDEXES = {
    "interactions_interaction_contact_id_7f321ce7": "interactions_interaction (contact_id)",
    "interactions_interaction_inbox_id_407e0a46": "interactions_interaction (inbox_id)",
    "interactions_outgoing_inbox_id_a08f33b3": "interactions_outgoing (inbox_id)",
    "interactions_rawitem_inbox_id_d3e691c5": "interactions_rawitem (inbox_id)",
}


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("channels", "0001_initial"),
        ("contacts", "0016_no_index_beside_another"),
        ("interactions", "0008_cases_in_the_ledger"),
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
                    model_name="interaction",
                    name="contact",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="interactions",
                        to="contacts.contact",
                    ),
                ),
                migrations.AlterField(
                    model_name="interaction",
                    name="inbox",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="interactions",
                        to="channels.inbox",
                    ),
                ),
                migrations.AlterField(
                    model_name="outgoing",
                    name="inbox",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outgoing",
                        to="channels.inbox",
                    ),
                ),
                migrations.AlterField(
                    model_name="rawitem",
                    name="inbox",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="raw_items",
                        to="channels.inbox",
                    ),
                ),
            ],
        ),
    ]
