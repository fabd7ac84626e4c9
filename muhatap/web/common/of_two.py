"""What two contacts have beside their profiles, and what the one they would be has: what they bought, what they agreed to."""

from collections.abc import Collection
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext as _

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.contacts import consent
from muhatap.contacts.models import Contact
from muhatap.sales import consent as buyers
from muhatap.sales.models import Order
from muhatap.web.common import times


class Beside(NamedTuple):
    """One line: of both, and of the one they would be. `is_choice`: only one of two different ones stands."""

    label: str
    here: str
    there: str
    after: str
    is_choice: bool


def beside(kept: Contact, dropped: Contact, user: User) -> list[Beside]:
    """Only what one of them has, and this reader may see."""
    lines = [_orders(kept, dropped)] if may(user, "sales.read") else []
    return [line for line in [*lines, _consent(kept, dropped)] if line.here or line.there]


def _orders(kept: Contact, dropped: Contact) -> Beside:
    here, there, both = (_bought(some) for some in ([kept.pk], [dropped.pk], [kept.pk, dropped.pk]))
    return Beside(_("Orders"), here, there, both, is_choice=False)


def _bought(contacts: Collection[int]) -> str:
    """7, 8.662,20 ₺ in all; without what was cancelled and what was given back."""
    counts = ~Q(state__in=("cancelled", "refunded"))
    rows = Order.objects.filter(contact__in=contacts).values("currency").order_by("currency")
    sums = rows.annotate(n=Count("pk"), spent=Sum(F("total") - F("refunded"), filter=counts))
    told = list(sums.values_list("n", "spent", "currency"))
    if not told:
        return ""
    spent = " + ".join(times.money(amount or Decimal(0), currency) for _n, amount, currency in told)
    return _("%(n)s, %(sum)s in all") % {"n": times.count(sum(n for n, *_rest in told)), "sum": spent}


def _consent(kept: Contact, dropped: Contact) -> Beside:
    words = [_word(contact) for contact in (kept, dropped)]
    after = False if False in words else True if True in words else None
    said = {True: _("Agreed"), False: _("Does not want them"), None: ""}
    return Beside(_("News and offers by e-mail"), said[words[0]], said[words[1]], said[after], is_choice=True)


def _word(contact: Contact) -> bool | None:
    """As their card says it: their last word to us, else what they said when they bought."""
    word = consent.last_word(contact=contact, **buyers.OFFERS)
    if word is None:
        return True if buyers.given([contact.pk]) else None
    return word and contact.pk in buyers.agreed([contact])
