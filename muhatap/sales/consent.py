"""Whether a customer may be written to about what they did not ask: by their newest word to us, else by what they said to a shop."""

from collections.abc import Collection

from muhatap.contacts import consent
from muhatap.contacts.models import Consent, Contact
from muhatap.sales.models import Order

OFFERS = {"channel": "email", "purpose": "offers"}


def agreed(contacts: Collection[Contact]) -> set[int]:
    """Those of these contacts who want offers by mail. Who said nothing has said no."""
    numbers = {contact.pk for contact in contacts}
    told = set(Consent.objects.filter(contact__in=numbers, **OFFERS).values_list("contact_id", flat=True))
    to_us = {one.pk for one in contacts if one.pk in told and consent.last_word(contact=one, **OFFERS)}
    return to_us | given(numbers - told)


def given(contact_ids: Collection[int]) -> set[int]:
    """Those of these contacts whose last word to a shop that tells us was yes."""
    told = Order.objects.filter(contact__in=contact_ids, is_told_by_server=True, may_be_written_to__isnull=False)
    last = told.order_by("contact_id", "-placed_at", "-id").distinct("contact_id")
    return {contact for contact, may in last.values_list("contact_id", "may_be_written_to") if may and contact}
