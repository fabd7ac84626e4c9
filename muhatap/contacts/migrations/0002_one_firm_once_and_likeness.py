"""A firm once by its folded name, keys that sort by code point whatever the database's collation, and who may be the same person."""

import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

FOLD = "update contacts_company set folded = fold_tr(name) || case when exists (select 1 from contacts_company e where e.id < contacts_company.id and fold_tr(e.name) = fold_tr(contacts_company.name)) then ' ' || id else '' end"


class Migration(migrations.Migration):
    dependencies = [("contacts", "0001_initial"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.AddField(
            "company", "folded", models.CharField(max_length=200, editable=False, default=""), preserve_default=False
        ),
        migrations.RunSQL(FOLD, migrations.RunSQL.noop),
        migrations.AlterField("company", "folded", models.CharField(max_length=200, editable=False, unique=True)),
        migrations.AlterField(
            "company", "sort_key", models.CharField(max_length=200, editable=False, db_collation="C")
        ),
        migrations.AlterField(
            "contact", "sort_key", models.CharField(max_length=200, editable=False, db_collation="C")
        ),
        migrations.RemoveField("mergemove", "twin"),
        migrations.AddField("mergemove", "is_twin", models.BooleanField(default=False)),
        migrations.AddConstraint(
            "mergemove", models.UniqueConstraint(fields=("merge", "relation", "row_id"), name="move_once")
        ),
        migrations.CreateModel(
            name="Likeness",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("because", models.CharField(max_length=20)),
                ("detail", models.CharField(blank=True, max_length=320)),
                ("at", models.DateTimeField()),
                ("denied_at", models.DateTimeField(null=True)),
                (
                    "denied_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "one",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="likenesses", to="contacts.contact"
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="likenesses_of_others",
                        to="contacts.contact",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("one", models.F("other")), _negated=True), name="likeness_of_two"
                    ),
                    models.UniqueConstraint(
                        django.db.models.functions.comparison.Least("one", "other"),
                        django.db.models.functions.comparison.Greatest("one", "other"),
                        name="likeness_once",
                    ),
                ],
            },
        ),
    ]
