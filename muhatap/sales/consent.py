"""Whether a customer may be written to about what they did not ask: what they said last to a shop that tells us."""

from collections.abc import Collection

from muhatap.sales.models import Order


def given(contact_ids: Collection[int]) -> set[int]:
    """Those of these contacts whose last word was yes. Who said nothing has said no."""
    told = Order.objects.filter(contact__in=contact_ids, is_told_by_server=True, may_be_written_to__isnull=False)
    last = told.order_by("contact_id", "-placed_at", "-id").distinct("contact_id")
    return {contact for contact, may in last.values_list("contact_id", "may_be_written_to") if may and contact}
