"""What of the things beside a conversation its customer has: one question, so that a page asks only for those that are there."""

from typing import NamedTuple

from muhatap.accounts.models import User
from muhatap.accounts.remembering import once
from muhatap.contacts.models import Contact
from muhatap.shared import prepared

HAS = """select
exists (select from sales_order where contact_id = %(contact)s),
exists (select from sales_cart where contact_id = %(contact)s),
exists (select from service_promise where contact_id = %(contact)s),
exists (select from service_case where contact_id = %(contact)s)"""


class Has(NamedTuple):
    """Whether there is any, whoever may see it: what is not there needs no second look, what is has rules of its own."""

    orders: bool
    carts: bool
    promises: bool
    cases: bool


def of(contact: Contact, user: User) -> Has:
    """What a customer has; asked once while a page is made for this user."""
    return once(user, f"beside {contact.pk}", lambda _user: Has(*prepared.rows(HAS, {"contact": contact.pk})[0]))
