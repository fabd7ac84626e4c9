"""Visits at which somebody was there. What only the shop's server told of a customer, without a page, is none.

Roll-ups and the view `facts_visits` leave the same ones out (migration 0013).
"""

from django.db.models import QuerySet

from muhatap.visits import proving
from muhatap.visits.models import Visit


def visits() -> QuerySet[Visit]:
    """All that reports count as visits."""
    return Visit.objects.exclude(n_pages=0, visitor__startswith=proving.KNOWN)
