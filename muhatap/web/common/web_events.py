"""Events of web sites in words: what happened, and with what; several areas tell of them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _

from muhatap.sales import events as shopping
from muhatap.sales import told as sales
from muhatap.visits import segment
from muhatap.visits.models import Event, Kind
from muhatap.web.common import times

LONGEST = 120


def told(event: Event) -> tuple[str, str, str]:
    """Icon, what happened, and with what. Needs the payload at hand."""
    if event.kind in (Kind.PAGE, Kind.SCREEN):
        return "eye", _("Opened a page"), event.name or _path(event.url)
    if event.kind == Kind.IDENTIFY:
        return "user-check", _("Said who they are"), ""
    said = segment.told(event.payload).get("properties")
    properties = said if isinstance(said, dict) else {}
    if event.name == "Element Clicked":
        return "mouse-pointer-click", _("Clicked"), _element(properties) or _path(event.url)
    name = shopping.called(event.name)
    icon, what = _known().get(name, ("radio", event.name or event.get_kind_display()))
    return icon, what, _detail(name, properties)[:LONGEST] or _path(event.url)


def _known() -> Mapping[str, tuple[str, str]]:
    return {
        "product viewed": ("shopping-bag", _("Looked at a product")),
        "product list viewed": ("shopping-bag", _("Looked through a list of products")),
        "product added": ("shopping-cart", _("Put something in the cart")),
        "product removed": ("shopping-cart", _("Took something out of the cart")),
        "cart viewed": ("shopping-cart", _("Looked into the cart")),
        "checkout started": ("credit-card", _("Went to the checkout")),
        "order completed": ("package-check", _("Ordered")),
        "order cancelled": ("package-x", _("Cancelled an order")),
        "products searched": ("search", _("Searched")),
    }


def _detail(name: str, properties: Mapping[str, Any]) -> str:
    if name == "products searched":
        query = sales.text(properties.get("query"), LONGEST)
        is_empty = properties.get("results") == 0 and properties.get("results") is not False
        return (_("“%(query)s”, found nothing") if is_empty else "“%(query)s”") % {"query": query} if query else ""
    if name in ("order completed", "order cancelled"):
        number = sales.text(properties.get("order_id"), 60).removeprefix("#")
        return ", ".join(filter(None, [f"#{number}" if number else "", _money(properties)]))
    return sales.text(properties.get("name"), LONGEST) or sales.text(properties.get("product_id"), LONGEST)


def _money(properties: Mapping[str, Any]) -> str:
    amount, coin = sales.amount(properties.get("total")), sales.currency(properties.get("currency"))
    return times.money(Decimal(amount), coin) if amount is not None and coin else ""


def _element(properties: Mapping[str, Any]) -> str:
    """Its words, else what the page calls it."""
    words = sales.text(properties.get("text"), LONGEST)
    return words or sales.text(properties.get("element"), 300).rpartition(" > ")[2].lstrip("#")


def _path(url: str) -> str:
    try:
        return unquote(urlsplit(url).path, errors="replace")
    except ValueError:
        return ""
