"""No entry of an index that nobody looks for: none of a foreign key beside another one that begins with it, none for what a contact
has not. They come and go beside other work."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

INDEXES = {
    "contacts_consent_contact_id_e3883c86": "contacts_consent (contact_id)",
    "contacts_contact_merged_into_id_940ac4a0": "contacts_contact (merged_into_id)",
    "contacts_mergemove_merge_id_3825f7b0": "contacts_mergemove (merge_id)",
    "contacts_profilefact_by_id_7f95d4df": "contacts_profilefact (by_id)",
}


def _again(name: str) -> migrations.RunSQL:
    """One that was cut short while it was built lies there and is of no use; it is built anew."""
    return migrations.RunSQL(f"drop index concurrently if exists {name}", migrations.RunSQL.noop)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("contacts", "0015_numbers_as_prints"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        _again("contacts_of_firm"),
        AddIndexConcurrently(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("company__isnull", False)),
                fields=["company", "sort_key", "id"],
                name="contacts_of_firm",
            ),
        ),
        _again("contacts_merged"),
        AddIndexConcurrently(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)), fields=["merged_into"], name="contacts_merged"
            ),
        ),
        _again("contacts_by_field"),
        AddIndexConcurrently(
            model_name="contact",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("fields", {}), _negated=True),
                fields=["fields"],
                name="contacts_by_field",
                opclasses=["jsonb_path_ops"],
            ),
        ),
        _again("facts_by_somebody"),
        AddIndexConcurrently(
            model_name="profilefact",
            index=models.Index(condition=models.Q(("by__isnull", False)), fields=["by"], name="facts_by_somebody"),
        ),
        RemoveIndexConcurrently(
            model_name="contact",
            name="contact_of_company",
        ),
        RemoveIndexConcurrently(
            model_name="contact",
            name="contact_fields",
        ),
        RemoveIndexConcurrently(
            model_name="sourcerecord",
            name="records_of_home",
        ),
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
                    model_name="consent",
                    name="contact",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consents",
                        to="contacts.contact",
                    ),
                ),
                migrations.AlterField(
                    model_name="contact",
                    name="merged_into",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absorbed",
                        to="contacts.contact",
                    ),
                ),
                migrations.AlterField(
                    model_name="mergemove",
                    name="merge",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="moves",
                        to="contacts.merge",
                    ),
                ),
                migrations.AlterField(
                    model_name="profilefact",
                    name="by",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
    ]
