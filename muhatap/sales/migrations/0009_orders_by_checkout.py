from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Orders are taken in while it is built. One that was cut short left an index behind that is good for nothing."""

    atomic = False
    dependencies = [
        ("sales", "0008_checkout_of_an_order"),
    ]

    operations = [
        migrations.RunSQL("drop index concurrently if exists orders_by_checkout", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                fields=["shop", "checkout"], condition=~models.Q(checkout=""), name="orders_by_checkout"
            ),
        ),
    ]
