from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Invitations are written while the index is built. One that was cut short left an index behind that is good for nothing."""

    atomic = False
    dependencies = [
        ("feedback", "0006_no_index_beside_another"),
    ]

    operations = [
        migrations.AlterField(
            model_name="invitation",
            name="why",
            field=models.CharField(
                blank=True,
                choices=[
                    ("reopened", "It was opened again"),
                    ("nowhere", "No address that takes mail"),
                    ("opted_out", "They do not want to be asked"),
                    ("full", "Enough people have answered"),
                    ("off", "The survey was switched off"),
                    ("rests", "They were asked or have answered lately"),
                ],
                db_default="",
                max_length=12,
            ),
        ),
        migrations.RunSQL("drop index concurrently if exists invitations_withdrawn", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="invitation",
            index=models.Index(
                fields=["survey", "-withdrawn_at"],
                condition=models.Q(("withdrawn_at__isnull", False)),
                name="invitations_withdrawn",
            ),
        ),
    ]
