"""No index that another one begins with. They go beside other work: nobody waits who takes in mail meanwhile."""

import django.db.models.deletion
from django.db import migrations, models

INDEXES = {
    "contacts_contact_company_id_537aca39": "contacts_contact (company_id)",
    "contacts_contacttag_contact_id_7419fc13": "contacts_contacttag (contact_id)",
    "contacts_identity_contact_id_6c318395": "contacts_identity (contact_id)",
    "contacts_profilefact_contact_id_940882ad": "contacts_profilefact (contact_id)",
}


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("contacts", "0012_consents_of_files"),
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
                    model_name="contact",
                    name="company",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="contacts",
                        to="contacts.company",
                    ),
                ),
                migrations.AlterField(
                    model_name="contacttag",
                    name="contact",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="taggings",
                        to="contacts.contact",
                    ),
                ),
                migrations.AlterField(
                    model_name="identity",
                    name="contact",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="identities",
                        to="contacts.contact",
                    ),
                ),
                migrations.AlterField(
                    model_name="profilefact",
                    name="contact",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="facts",
                        to="contacts.contact",
                    ),
                ),
            ],
        ),
    ]
