"""What stood with a web site alone goes to the shop that is tied to the site, so that no order and no cart stands in two shops."""

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery

from muhatap.interactions.models import Interaction
from muhatap.sales.models import Cart, CartEntry, CartLine, Order, OrderLine, Product, Shop

MANY = 1000


@transaction.atomic
def hand_over(*, before: Shop, to: Shop) -> None:
    """Products, the orders browsers claimed, and carts. A claim of an order the shop knows itself is that order."""
    _products(before, to)
    claims = before.orders.filter(is_told_by_server=False).order_by("id").values_list("pk", "external_id")
    for some in _batches(list(claims)):
        _claims(some, to)
    _carts(before, to)


def _batches(rows: list[tuple[int, str]]) -> list[list[tuple[int, str]]]:
    return [rows[n : n + MANY] for n in range(0, len(rows), MANY)]


def _products(before: Shop, to: Shop) -> None:
    same = Product.objects.filter(shop=to, external_id=OuterRef("product_external_id")).values("pk")[:1]
    theirs = list(
        to.products.filter(external_id__in=before.products.values("external_id")).values_list("external_id", flat=True)
    )
    for lines in (OrderLine.objects, CartLine.objects):
        lines.filter(product__shop=before, product__external_id__in=theirs).update(product=Subquery(same))
    before.products.filter(external_id__in=theirs).delete()
    before.products.update(shop=to)


def _claims(some: list[tuple[int, str]], to: Shop) -> None:
    names = {name.removeprefix("#") for _pk, name in some}
    wanted = names | {f"#{name}" for name in names}
    known: dict[str, int] = {}
    for pk, external_id, number in to.orders.filter(Q(external_id__in=wanted) | Q(number__in=names)).values_list(
        "pk", "external_id", "number"
    ):
        known.setdefault(number, pk)
        known[external_id.removeprefix("#")] = pk
    doubled = {pk: known[name.removeprefix("#")] for pk, name in some if name.removeprefix("#") in known}
    for claim in Order.objects.filter(pk__in=doubled):
        real = Order.objects.filter(pk=doubled[claim.pk])
        real.filter(visitor="").update(source=claim.source, visitor=claim.visitor)
        Cart.objects.filter(order=claim).update(order=doubled[claim.pk])
        claim.delete()
        if claim.interaction_id:
            Interaction.objects.filter(pk=claim.interaction_id).delete()
    Order.objects.filter(pk__in=[pk for pk, _name in some if pk not in doubled]).update(shop=to)


def _carts(before: Shop, to: Shop) -> None:
    """Of two open carts of one visitor the one in the new shop stays, with what was told of the other."""
    for cart in before.carts.filter(ordered_at=None).order_by("source", "visitor"):
        standing = Cart.objects.filter(shop=to, source=cart.source, visitor=cart.visitor, ordered_at=None).first()
        if standing:
            CartEntry.objects.filter(cart=cart).update(cart=standing)
            cart.delete()
    before.carts.update(shop=to)
