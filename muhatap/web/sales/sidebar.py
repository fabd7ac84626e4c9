"""The second list of the navigation."""

from django.urls import reverse
from django.utils.translation import gettext as _

from muhatap.web.common.display import ViewGroup, ViewLink


def groups(here: str) -> tuple[ViewGroup, ...]:
    """`here` is "orders", "carts" or "worth"."""
    links = (
        ViewLink(label=_("Orders"), url=reverse("sales:orders"), icon="package", is_here=here == "orders"),
        ViewLink(label=_("Left carts"), url=reverse("sales:carts"), icon="shopping-cart", is_here=here == "carts"),
        ViewLink(label=_("By worth"), url=reverse("sales:worth"), icon="gem", is_here=here == "worth"),
    )
    return (ViewGroup(title=_("Sales"), links=links),)
