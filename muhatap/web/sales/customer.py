"""On the customer's page: their last orders, and what lies in their cart."""

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from muhatap.contacts.models import Contact
from muhatap.flow import beside
from muhatap.sales.models import Cart, Order
from muhatap.shared import clock
from muhatap.web.common import times
from muhatap.web.common.doors import customer, needs, visitor
from muhatap.web.sales import words

FEW, MOST = 3, 50


@require_GET
@needs("sales.read")
def show(request: HttpRequest, number: int) -> HttpResponse:
    now, contact = clock.now(), customer(request, number)
    has = beside.of(contact, visitor(request))
    if not (has.orders or has.carts):
        return render(request, "sales/_of_contact.html", {"contact": contact})
    mine = Order.objects.filter(contact=contact)
    n = mine.count()
    shown = MOST if "all" in request.GET else FEW
    orders = mine.select_related("shop", "contact").prefetch_related("lines").order_by("-placed_at", "-id")[:shown]
    carts = Cart.objects.open().filter(contact=contact).prefetch_related("lines").select_related("contact")
    page = {
        "contact": contact,
        "rows": [words.order_row(order, now) for order in orders],
        "n": n,
        "has_more": n > shown,
        "all_url": f"{reverse('sales:orders')}?customer={contact.pk}" if n > MOST else "",
        "spent": _spent(contact),
        "cart": next((words.cart_row(cart, now, may_write=False) for cart in carts.order_by("-changed_at")[:1]), None),
    }
    return render(request, "sales/_of_contact.html", page)


def _spent(contact: Contact) -> str:
    """What their orders came to in each currency, without what was cancelled and what was given back."""
    counted = Order.objects.filter(contact=contact).exclude(state__in=("cancelled", "refunded")).values("currency")
    sums = counted.annotate(total=Sum("total"), back=Sum("refunded")).order_by("currency")
    return " + ".join(times.money(one["total"] - one["back"], one["currency"]) for one in sums)
