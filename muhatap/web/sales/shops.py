"""The shops: connecting one, its secret once, changing it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from muhatap.sales import shops
from muhatap.sales.models import Shop
from muhatap.shared import clock
from muhatap.web.common.doors import needs, visitor
from muhatap.web.sales import filling, questions
from muhatap.web.sales.forms import FileForm, ShopForm

Kind = Shop.Kind
SHOWN = (Kind.WOOCOMMERCE, Kind.TRENDYOL)  # whose secret is ours to make, and theirs to be told
TOPICS = {
    Kind.WOOCOMMERCE: (
        "Order created",
        "Order updated",
        "Order deleted",
        "Order restored",
        "Product created",
        "Product updated",
    ),
    Kind.SHOPIFY: (
        "orders/create",
        "orders/updated",
        "orders/cancelled",
        "orders/delete",
        "checkouts/create",
        "checkouts/update",
        "checkouts/delete",
        "products/create",
        "products/update",
        "customers/data_request",
        "customers/redact",
        "shop/redact",
    ),
    Kind.TRENDYOL: ("CREATED", "PICKING", "SHIPPED", "DELIVERED", "CANCELLED", "RETURNED"),
}


@require_GET
@needs("shops.edit")
def listing(request: HttpRequest) -> HttpResponse:
    rows = [(shop, shop.get_kind_display(), _aside(shop)) for shop in Shop.objects.order_by("-is_on", "name", "id")]
    kinds = [(value, label, _about(value)) for value, label in Kind.choices if value != Kind.WEB]
    return render(request, "sales/shops.html", {"rows": rows, "kinds": kinds})


@never_cache
@needs("shops.edit")
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """Where the shop's secret is ours it stands on the answer itself, once."""
    if kind not in Kind.values or kind == Kind.WEB:
        raise Http404
    form = ShopForm(request.POST or None, kind=kind)
    if request.method == "POST" and form.is_valid():
        try:
            shop = shops.connect(kind=kind, values=form.values(), by=visitor(request), at=clock.now())
        except shops.BadShop as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            return _told(request, shop) if kind in TOPICS else redirect("shops:shop", shop.pk)
    page = {"form": form, "kind": Kind(kind).label, "about": _about(kind)}
    return render(request, "sales/shop_edit.html", page, status=422 if form.errors else 200)


@never_cache
@require_GET
@needs("shops.edit")
def show(request: HttpRequest, number: int) -> HttpResponse:
    shop = get_object_or_404(Shop, pk=number)
    return render(
        request, "sales/shop.html", around(shop) | filling.around(shop) | questions.around(shop) | {"form": FileForm()}
    )


@needs("shops.edit")
def edit(request: HttpRequest, number: int) -> HttpResponse:
    shop = get_object_or_404(Shop, pk=number)
    form = ShopForm(request.POST or None, kind=shop.kind, shop=shop)
    if request.method == "POST" and form.is_valid():
        try:
            shops.change(shop=shop, values=form.values(), by=visitor(request), at=clock.now())
        except shops.BadShop as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("shops:shop", number)
    page = {"form": form, "shop": shop, "kind": shop.get_kind_display()}
    return render(request, "sales/shop_edit.html", page, status=422 if form.errors else 200)


@never_cache
@require_POST
@needs("shops.edit")
def renew(request: HttpRequest, number: int) -> HttpResponse:
    """Another secret, told once; the one before holds for a day."""
    shop = get_object_or_404(Shop, pk=number, kind__in=SHOWN)
    shops.renew(shop=shop, by=visitor(request), at=clock.now())
    return _told(request, shop)


def around(shop: Shop) -> dict[str, Any]:
    """What every page of a shop shows."""
    return {
        "shop": shop,
        "kind": shop.get_kind_display(),
        "hook": hook(shop) if shop.kind in TOPICS else "",
        "topics": TOPICS.get(Kind(shop.kind), ()),
        "may_renew": shop.kind in SHOWN,
        "is_changing": bool(shop.old_secret_until and shop.old_secret_until > clock.now()),
        "n_aside": _aside(shop),
        "n_orders": shop.orders.count(),
        "takes_files": shop.kind == Kind.FEED,
    }


def hook(shop: Shop) -> str:
    """Where its server sends to."""
    return f"{settings.PUBLIC_URL}{reverse('shop-hook', args=[shop.token])}"


def _told(request: HttpRequest, shop: Shop) -> HttpResponse:
    secret = next(iter(shops.valid_secrets(shop, at=clock.now())), "") if shop.kind in SHOWN else ""
    return render(request, "sales/shop_made.html", around(shop) | {"secret": secret})


def _aside(shop: Shop) -> int:
    return shop.deliveries.filter(quarantined_at__isnull=False).count()


def _about(kind: str) -> str:
    return {
        Kind.WOOCOMMERCE: _("Orders and products by signed webhooks, older ones by its API"),
        Kind.SHOPIFY: _("Orders and products by signed webhooks, older ones by its API"),
        Kind.TRENDYOL: _("Orders of your seller account, asked for every quarter of an hour"),
        Kind.FEED: _("A file of orders or products: brought by you, or read from an address"),
    }.get(Kind(kind), "")
