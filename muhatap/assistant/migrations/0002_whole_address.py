from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assistant", "0001_where_and_what_was_asked")]

    operations = [
        migrations.AddField(
            model_name="asking",
            name="place",
            field=models.CharField(blank=True, db_default="", max_length=64),
        ),
    ]
