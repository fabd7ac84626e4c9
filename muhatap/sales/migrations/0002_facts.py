"""What reports and the lake read of orders. Published: columns are added, never renamed or taken away."""

from django.db import migrations

FORWARD = """
create view facts_orders as
select o.id as order_id, o.shop_id, o.external_id, o.number, o.contact_id, o.source, o.visitor, o.placed_at, o.state,
       o.currency, o.total, o.shipping, o.tax, o.discount, o.refunded, o.delivered_at, o.is_told_by_server
from sales_order o;
create view facts_order_lines as
select l.id as line_id, l.order_id, l.n as line, o.shop_id, o.contact_id, o.source, o.visitor, o.placed_at, o.state,
       l.product_external_id as product, coalesce(nullif(p.name, ''), l.name) as product_name,
       coalesce(p.brand, '') as brand, coalesce(p.category, '') as category, l.variant,
       l.quantity, l.amount, o.currency
from sales_orderline l join sales_order o on o.id = l.order_id left join sales_product p on p.id = l.product_id;
"""
BACKWARD = "drop view facts_order_lines; drop view facts_orders;"


class Migration(migrations.Migration):
    dependencies = [("sales", "0001_shops_orders_carts")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
