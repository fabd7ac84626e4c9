"""What time brings: carts that were left, orders that are late. Found once each, as rows with their moment."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import DateTimeField, DurationField, Exists, ExpressionWrapper, F, OuterRef, Value
from django.db.models.functions import Cast

from muhatap.sales.models import OVER, Cart, Lateness, Leaving, Order

MOST = 1000  # at one time
FORGOTTEN = timedelta(days=7)  # a cart that rested so long before anybody looked is not told as left now


def look(*, at: datetime) -> None:
    """Both, once a minute."""
    find_left(at=at)
    find_late(at=at)


@transaction.atomic
def find_left(*, at: datetime) -> int:
    """Write down the carts whose shop's minutes passed without a word; how many."""
    rested = ExpressionWrapper(F("shop__cart_minutes") * Value(timedelta(minutes=1)), output_field=DurationField())
    until = ExpressionWrapper(Cast(Value(at), DateTimeField()) - rested, output_field=DateTimeField())
    Leaving.objects.filter(over_at=None, cart__ordered_at__isnull=False).update(over_at=at)
    standing = Leaving.objects.filter(cart=OuterRef("pk"), over_at=None)
    carts = Cart.objects.open().filter(~Exists(standing), changed_at__gt=at - FORGOTTEN, changed_at__lte=until)
    found = [Leaving(cart=cart, at=at, total=cart.total) for cart in carts.order_by("changed_at")[:MOST]]
    Leaving.objects.bulk_create(found, ignore_conflicts=True)
    return len(found)


@transaction.atomic
def find_late(*, at: datetime) -> int:
    """Write down the orders that are not there on the day they were promised for, and end what is over; how many are newly late."""
    standing = Lateness.objects.filter(over_at=None)
    standing.exclude(order__promised_on=F("promised_on")).update(over_at=at)
    standing.filter(order__delivered_at__isnull=False).update(over_at=at)
    standing.filter(order__state__in=OVER).update(over_at=at)
    told = Lateness.objects.filter(order=OuterRef("pk"), promised_on=OuterRef("promised_on"))
    late = Order.objects.late(at=at).filter(~Exists(told)).order_by("promised_on", "id")[:MOST]
    found = [Lateness(order=order, promised_on=order.promised_on, at=at) for order in late if order.promised_on]
    Lateness.objects.bulk_create(found, ignore_conflicts=True)
    return len(found)
