"""DOOR for shops: their servers tell of orders and products here, signed. What is signed is kept, then answered, then looked at.

200 means that it is on the disk. A signature that does not fit is answered 401 and kept nowhere; 503 is for when we cannot keep it
now, and shops come again.
"""

import hashlib
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from muhatap.api import deliveries
from muhatap.sales import arriving, shops
from muhatap.sales.kinds import signing
from muhatap.sales.models import Shop
from muhatap.shared import clock
from muhatap.shared.limits import Buckets, Limit
from muhatap.shared.secrets import SecretLost

STRANGERS = Limit(burst=60, per_minute=120)  # of one address, whose signatures do not fit
BUCKETS = Buckets()
OK = {"success": True}


@dataclass(frozen=True, kw_only=True)
class Headers:
    """Where a kind of shop says what it sends, under which number, and its signature."""

    signature: str
    topic: str
    delivery: str


HEADERS = {
    Shop.Kind.WOOCOMMERCE: Headers(
        signature="X-WC-Webhook-Signature", topic="X-WC-Webhook-Topic", delivery="X-WC-Webhook-Delivery-ID"
    ),
    Shop.Kind.SHOPIFY: Headers(
        signature="X-Shopify-Hmac-SHA256", topic="X-Shopify-Topic", delivery="X-Shopify-Webhook-Id"
    ),
}


@csrf_exempt
@require_POST
def receive(request: HttpRequest, token: str) -> HttpResponse:
    """One delivery."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    try:
        shop = None if "\x00" in token else Shop.objects.filter(token=token, is_on=True).first()
    except (DatabaseError, InterfaceError):
        return deliveries.no(503, "try again", 5)
    if shop is None:
        return deliveries.no(404, "no shop here")
    try:
        raw = deliveries.body(request, largest=arriving.LARGEST, too_large="too large")
    except deliveries.Refused as refused:
        return refused.response()
    if _is_greeting(shop, request, raw):
        return JsonResponse(OK)
    if not _is_signed(shop, request, raw):
        wait = BUCKETS.take("address", address, STRANGERS)
        return (
            deliveries.no(429, "too many", int(wait) + 1) if wait else deliveries.no(401, "the signature does not fit")
        )
    return _kept(shop, request, raw)


def _kept(shop: Shop, request: HttpRequest, raw: bytes) -> HttpResponse:
    told = HEADERS.get(Shop.Kind(shop.kind))
    topic = request.headers.get(told.topic, "") if told else "package"
    said = request.headers.get(told.delivery, "") if told else ""
    # WooCommerce numbers by the second: what it sends within one carries the same number.
    number = f"{said[:120]}:{hashlib.sha256(raw).hexdigest()}" if said else ""
    try:
        arriving.accept(shop=shop, external_id=number, topic=topic, raw=raw, at=clock.now())
    except (DatabaseError, InterfaceError):
        return deliveries.no(503, "try again", 5)
    return JsonResponse(OK)


def _is_greeting(shop: Shop, request: HttpRequest, raw: bytes) -> bool:
    """WooCommerce tries an address with a form `webhook_id=…`, neither signed nor about anything, before it saves it."""
    is_form = request.content_type == "application/x-www-form-urlencoded"
    return shop.kind == Shop.Kind.WOOCOMMERCE and is_form and raw[:11] == b"webhook_id=" and len(raw) < 40


def _is_signed(shop: Shop, request: HttpRequest, raw: bytes) -> bool:
    """By the secret that holds, or the one before for as long as that is accepted. Trendyol signs nothing and sends the secret itself."""
    try:
        valid = shops.valid_secrets(shop, at=clock.now())
    except SecretLost:
        return False
    told = HEADERS.get(Shop.Kind(shop.kind))
    if told:
        given = request.headers.get(told.signature, "")
        return bool(given) and any(signing.is_signed(raw, given, secret) for secret in valid)
    if shop.kind == Shop.Kind.TRENDYOL:
        given = request.headers.get("x-api-key", "")
        return bool(given) and any(shops.is_same(given, secret) for secret in valid)
    return False
