import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Orders are taken in while these are built. One that was cut short left an index behind that is good for nothing."""

    atomic = False
    dependencies = [
        ("contacts", "0009_found_by_more"),
        ("interactions", "0006_visits_in_the_ledger"),
        ("sales", "0005_orders_by_number"),
    ]

    operations = [
        migrations.RunSQL("drop index concurrently if exists orders_by_number_begun", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass(models.F("number"), name="varchar_pattern_ops"),
                name="orders_by_number_begun",
            ),
        ),
        migrations.RunSQL("drop index concurrently if exists orders_by_external_id", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(fields=["external_id"], name="orders_by_external_id"),
        ),
        migrations.RunSQL("drop index concurrently if exists orders_by_customer", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="order",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    models.Func("customer_name", function="fold_tr"), name="gin_trgm_ops"
                ),
                name="orders_by_customer",
            ),
        ),
    ]
