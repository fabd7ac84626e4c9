"""Carts that were left: who, what, worth how much, since when, and whether one may write to them."""

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.contacts import paging
from muhatap.contacts.paging import Cursor
from muhatap.sales import consent
from muhatap.sales.models import Cart, CartQuery, Shop
from muhatap.shared import clock
from muhatap.web.common.display import Pages
from muhatap.web.common.doors import needs, visitor
from muhatap.web.sales import sidebar, words

FRESH = timedelta(days=30)
FEW = 5


@require_GET
@needs("sales.read")
def listing(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    found = paging.by_key(_left(now), "changed_at", is_down=True, cursor=Cursor.read(request.GET.get("at", "")))
    page = {
        "rows": _rows(found.rows, visitor(request), now),
        "pages": Pages(
            previous_url=f"?at={found.previous.token()}" if found.previous else "",
            next_url=f"?at={found.next.token()}" if found.next else "",
        ),
        "has_shops": Shop.objects.exists(),
        "may_connect": may(visitor(request), "shops.edit"),
        "views": sidebar.groups("carts"),
    }
    return render(request, "sales/carts.html", page)


@require_GET
@needs("sales.read")
def panel(request: HttpRequest) -> HttpResponse:
    """The newest few, for pages of other areas."""
    now = clock.now()
    rows = list(_left(now).order_by("-changed_at", "-id")[:FEW])
    return render(request, "sales/_carts.html", {"rows": _rows(rows, visitor(request), now), "is_panel": True})


def _left(now: datetime) -> CartQuery:
    found = Cart.objects.left().filter(changed_at__gt=now - FRESH)
    return found.select_related("contact").prefetch_related("lines")


def _rows(carts: list[Cart], user: User, now: datetime) -> list[words.CartRow]:
    allowed = consent.agreed([cart.contact for cart in carts if cart.contact])
    may_reply = may(user, "conversations.reply")
    return [words.cart_row(cart, now, may_write=may_reply and cart.contact_id in allowed) for cart in carts]
