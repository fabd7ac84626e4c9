from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("imports", "0005_national_identities"),
    ]

    operations = [
        migrations.AddField(
            model_name="import",
            name="undo_places",
            field=models.JSONField(db_default={}, default=dict),
        ),
    ]
