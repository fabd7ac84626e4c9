"""No index of a foreign key beside another one that begins with it. They go beside other work."""

import django.db.models.deletion
from django.db import migrations, models

INDEXES = {
    "sales_cart_contact_id_bfba92f1": "sales_cart (contact_id)",
    "sales_cartline_cart_id_d6ce1d74": "sales_cartline (cart_id)",
    "sales_lateness_order_id_5fe3fe9c": "sales_lateness (order_id)",
    "sales_order_contact_id_af01ed26": "sales_order (contact_id)",
    "sales_order_shop_id_e9891112": "sales_order (shop_id)",
    "sales_orderline_order_id_9f597de6": "sales_orderline (order_id)",
    "sales_orderstep_order_id_a1d99a83": "sales_orderstep (order_id)",
    "sales_product_shop_id_6e6d1043": "sales_product (shop_id)",
    "sales_refund_order_id_e4e7c9a4": "sales_refund (order_id)",
    "sales_shopdelivery_shop_id_7e1d162d": "sales_shopdelivery (shop_id)",
}


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("contacts", "0016_no_index_beside_another"),
        ("sales", "0009_orders_by_checkout"),
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
                    model_name="cart",
                    name="contact",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="carts",
                        to="contacts.contact",
                    ),
                ),
                migrations.AlterField(
                    model_name="cartline",
                    name="cart",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="sales.cart",
                    ),
                ),
                migrations.AlterField(
                    model_name="lateness",
                    name="order",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="latenesses",
                        to="sales.order",
                    ),
                ),
                migrations.AlterField(
                    model_name="order",
                    name="contact",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="orders",
                        to="contacts.contact",
                    ),
                ),
                migrations.AlterField(
                    model_name="order",
                    name="shop",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="sales.shop",
                    ),
                ),
                migrations.AlterField(
                    model_name="orderline",
                    name="order",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="sales.order",
                    ),
                ),
                migrations.AlterField(
                    model_name="orderstep",
                    name="order",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="sales.order",
                    ),
                ),
                migrations.AlterField(
                    model_name="product",
                    name="shop",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="products",
                        to="sales.shop",
                    ),
                ),
                migrations.AlterField(
                    model_name="refund",
                    name="order",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="refunds",
                        to="sales.order",
                    ),
                ),
                migrations.AlterField(
                    model_name="shopdelivery",
                    name="shop",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="sales.shop",
                    ),
                ),
            ],
        ),
    ]
