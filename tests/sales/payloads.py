"""What shops send, in the shapes their documentation shows, written for the cast."""

import base64
import hashlib
import hmac
import json
from typing import Any

SECRET = "ihlamur-imza-secret"


def signature(raw: bytes, secret: str = SECRET) -> str:
    return base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()


def woo_order(number: int = 10482, **more: Any) -> dict[str, Any]:
    """#10482, linen bedding for Ayşe, customer 20871 of the shop."""
    return {
        "id": number,
        "number": str(number),
        "status": "processing",
        "currency": "TRY",
        "date_created": "2026-11-12T19:40:00",
        "date_created_gmt": "2026-11-12T16:40:00",
        "date_modified_gmt": "2026-11-12T16:41:00",
        "date_paid_gmt": "2026-11-12T16:41:00",
        "date_completed_gmt": None,
        "discount_total": "0.00",
        "shipping_total": "0.00",
        "total": "2849.90",
        "total_tax": "259.08",
        "customer_id": 20871,
        "billing": {
            "first_name": "Ayşe", "last_name": "Yılmaz", "city": "İzmir", "country": "TR",
            "email": "ayse.yilmaz@ornek.example", "phone": "0532 123 41 18",
        },
        "shipping": {"first_name": "Ayşe", "last_name": "Yılmaz"},
        "line_items": [
            {
                "id": 1, "product_id": 501, "variation_id": 0, "sku": "KN-200", "name": "Keten nevresim, çift kişilik",
                "quantity": 1, "price": 2590.82, "total": "2590.82", "total_tax": "259.08",
            }
        ],
        "refunds": [],
        "meta_data": [{"id": 9, "key": "teslimat_tarihi", "value": "21.11.2026"}],
    } | more  # fmt: skip


def shopify_order(number: int = 820982911946154508, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "name": "#10231",
        "order_number": 10231,
        "created_at": "2026-10-28T10:00:00+03:00",
        "processed_at": "2026-10-28T10:00:00+03:00",
        "updated_at": "2026-10-28T10:05:00+03:00",
        "cancelled_at": None,
        "currency": "TRY",
        "total_price": "1249.90",
        "subtotal_price": "1249.90",
        "total_tax": "113.63",
        "total_discounts": "0.00",
        "total_shipping_price_set": {"shop_money": {"amount": "0.00", "currency_code": "TRY"}},
        "financial_status": "paid",
        "fulfillment_status": None,
        "email": "mehmet.kaya@ornek.example",
        "phone": None,
        "customer": {"id": 7712, "state": "enabled", "first_name": "Mehmet", "last_name": "Kaya", "phone": None},
        "billing_address": {"first_name": "Mehmet", "last_name": "Kaya", "city": "Bursa", "phone": "+905331112233"},
        "line_items": [
            {
                "id": 1, "product_id": 632, "title": "Şile bezi havlu, 4'lü", "variant_title": "Krem", "sku": "SH-4",
                "vendor": "Ihlamur Ev", "quantity": 1, "price": "1249.90", "discount_allocations": [],
            }
        ],
        "fulfillments": [],
        "refunds": [],
    } | more  # fmt: skip


def shopify_checkout(number: int = 901, **more: Any) -> dict[str, Any]:
    """Mehmet's towels at the checkout, five minutes before he orders #10231."""
    order = shopify_order()
    told = {name: order[name] for name in ("currency", "email", "customer", "line_items")}
    times = {"created_at": "2026-10-28T09:50:00+03:00", "updated_at": "2026-10-28T09:55:00+03:00", "completed_at": None}
    return {"id": number, "token": "b1946ac9"} | told | times | more


def trendyol_package(number: int = 33301, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "orderNumber": "9012345678",
        "orderDate": 1793984400000,  # 06.11.2026 17:00 Turkish time, as if it were UTC
        "lastModifiedDate": 1793977200000,
        "shipmentPackageStatus": "Picking",
        "totalPrice": 689.0,
        "totalDiscount": 0,
        "currencyCode": "TRY",
        "customerId": 20871,
        "customerFirstName": "Elif",
        "customerLastName": "Şahin",
        "customerEmail": "pf+abc123@trendyolmail.com",
        "shipmentAddress": {"city": "Ankara"},
        "agreedDeliveryDate": 1794236400000,
        "lines": [
            {
                "quantity": 1, "productCode": 77, "barcode": "869000", "merchantSku": "SK-1", "productName": "Seramik kâse",
                "productColor": "Beyaz", "productSize": "Tek Ebat", "price": 689.0, "amount": 689.0,
            }
        ],
        "packageHistories": [{"createdDate": 1793977200000, "status": "Created"}],
    } | more  # fmt: skip


def raw(said: object) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode()
