import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("imports", "0003_exports_may_be_stopped"),
    ]

    operations = [
        migrations.AlterField(
            model_name="importrow",
            name="of",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rows",
                to="imports.import",
            ),
        ),
    ]
