"""No index of a foreign key beside another one that begins with it. They go beside other work."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

INDEXES = {
    "service_case_cause_id_7e81033a": "service_case (cause_id)",
    "service_case_contact_id_d8c37a93": "service_case (contact_id)",
    "service_case_owner_id_0208caf8": "service_case (owner_id)",
    "service_casestep_case_id_b1871547": "service_casestep (case_id)",
    "service_caseview_by_id_7a55df51": "service_caseview (by_id)",
    "service_cost_case_id_cdc9aced": "service_cost (case_id)",
    "service_promise_by_id_d4941e6b": "service_promise (by_id)",
    "service_promise_contact_id_86135fd8": "service_promise (contact_id)",
}


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("contacts", "0016_no_index_beside_another"),
        ("service", "0007_case_views"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
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
                    model_name="case",
                    name="cause",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="service.cause",
                    ),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="contact",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cases",
                        to="contacts.contact",
                    ),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="owner",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="cases",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="casestep",
                    name="case",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="service.case",
                    ),
                ),
                migrations.AlterField(
                    model_name="caseview",
                    name="by",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="case_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="cost",
                    name="case",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="costs",
                        to="service.case",
                    ),
                ),
                migrations.AlterField(
                    model_name="promise",
                    name="by",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="promises",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="promise",
                    name="contact",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="promises",
                        to="contacts.contact",
                    ),
                ),
            ],
        ),
    ]
