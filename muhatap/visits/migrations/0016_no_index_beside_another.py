"""No index of a foreign key beside another one that begins with it. They go beside other work."""

import django.db.models.deletion
from django.db import migrations, models

INDEXES = {
    "visits_emptysearch_visit_id_1732a141": "visits_emptysearch (visit_id)",
    "visits_pageview_visit_id_838b0212": "visits_pageview (visit_id)",
    "visits_productinterest_visit_id_3cd72a5c": "visits_productinterest (visit_id)",
    "visits_refusal_site_id_fdd86628": "visits_refusal (site_id)",
    "visits_visit_site_id_3172f31b": "visits_visit (site_id)",
    "visits_visitorlink_contact_id_0d95162b": "visits_visitorlink (contact_id)",
    "visits_visitorlink_site_id_17cb0ba1": "visits_visitorlink (site_id)",
    "visits_visitorproof_site_id_9a9e1c80": "visits_visitorproof (site_id)",
}


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("contacts", "0016_no_index_beside_another"),
        ("visits", "0015_how_long_events_stand"),
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
                    model_name="emptysearch",
                    name="visit",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="empty_searches",
                        to="visits.visit",
                    ),
                ),
                migrations.AlterField(
                    model_name="pageview",
                    name="visit",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pages",
                        to="visits.visit",
                    ),
                ),
                migrations.AlterField(
                    model_name="productinterest",
                    name="visit",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="interests",
                        to="visits.visit",
                    ),
                ),
                migrations.AlterField(
                    model_name="refusal",
                    name="site",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="refusals",
                        to="visits.site",
                    ),
                ),
                migrations.AlterField(
                    model_name="visit",
                    name="site",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="visits",
                        to="visits.site",
                    ),
                ),
                migrations.AlterField(
                    model_name="visitorlink",
                    name="contact",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="visitor_links",
                        to="contacts.contact",
                    ),
                ),
                migrations.AlterField(
                    model_name="visitorlink",
                    name="site",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="visits.site",
                    ),
                ),
                migrations.AlterField(
                    model_name="visitorproof",
                    name="site",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="proofs",
                        to="visits.site",
                    ),
                ),
            ],
        ),
    ]
