"""Whether a customer may be written to about what they did not ask: by their newest word to us, else by what they said to a shop."""

from collections.abc import Collection

from muhatap.contacts import consent
from muhatap.contacts.models import Consent, Contact
from muhatap.sales.models import Order

OFFERS = {"channel": "email", "purpose": "offers"}


def agreed(contacts: Collection[Contact]) -> set[int]:
    """Those of these contacts who want offers by mail. Who said nothing has said no; a yes of a file lifts no no of a shop."""
    numbers = {contact.pk for contact in contacts}
    words = Consent.objects.filter(contact__in=numbers, **OFFERS)
    told = set(words.values_list("contact_id", flat=True))
    to_us = {one.pk for one in contacts if one.pk in told and consent.last_word(contact=one, **OFFERS)}
    own = words.filter(withdrawn_at=None).exclude(source__startswith=consent.FILE)
    by_files = to_us - set(own.values_list("contact_id", flat=True))
    refused = {contact for contact, may in _last_words(by_files).items() if not may}
    return (to_us - refused) | given(numbers - told)


def given(contact_ids: Collection[int]) -> set[int]:
    """Those of these contacts whose last word to a shop that tells us was yes."""
    return {contact for contact, may in _last_words(contact_ids).items() if may}


def _last_words(contact_ids: Collection[int]) -> dict[int, bool]:
    """What each of them said to a shop last, of those who said anything."""
    told = Order.objects.filter(contact__in=contact_ids, is_told_by_server=True, may_be_written_to__isnull=False)
    last = told.order_by("contact_id", "-placed_at", "-id").distinct("contact_id")
    return {contact: bool(may) for contact, may in last.values_list("contact_id", "may_be_written_to") if contact}
