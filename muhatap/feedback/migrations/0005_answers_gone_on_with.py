from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("feedback", "0004_who_closes_the_loop")]

    operations = [
        migrations.AddField(
            model_name="response",
            name="gone_on_at",
            field=models.DateTimeField(null=True),
        ),
    ]
