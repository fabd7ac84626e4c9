from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("visits", "0010_nameless_facts"),
    ]

    operations = [
        migrations.AddField(
            model_name="site",
            name="is_nameless",
            field=models.BooleanField(db_default=False, default=False, verbose_name="Without consent"),
        ),
        migrations.AlterField(
            model_name="refusal",
            name="reason",
            field=models.CharField(
                choices=[
                    ("shape", "It is not shaped as the protocol says"),
                    ("large", "It is larger than an event may be"),
                    ("nobody", "It says neither userId nor anonymousId"),
                    ("nameless", "It lacks what its kind needs"),
                    ("origin", "It came from a page that is not on the list"),
                    ("key", "Its write key is unknown or turned off"),
                    ("unstorable", "The database cannot keep it"),
                    ("blocked", "Kept, but tied to nobody: this is no customer’s number"),
                    ("signature", "Kept, but tied to nobody: the signature does not hold"),
                    ("copied", "Kept, but tied to nobody: this signature was used in another browser"),
                    ("consent", "This site knows nobody: what only says who somebody is, is not kept"),
                    ("exposed", "A page sent it with the secret key of servers. Make a new key"),
                ],
                max_length=12,
            ),
        ),
    ]
