"""Layers that know something that is gone, and letting them go: what was learned keeps traces of the messages it was learned from.

Gone is a reading that stands no longer, and a correction that was taken back. Of a layer that does not say what it learned from
nobody knows what it knows, so it counts as one that knows something gone.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction

from muhatap.accounts import audit
from muhatap.understanding.models import LearnedModel

NOTHING: dict[str, list[int]] = {"readings": [], "corrections": [], "held_back": []}  # of what it learned
_KNOWING = """
select id from understanding_learnedmodel where about = %s and bytes <> '' and (
  readings = '{}'
  or exists (
    select from unnest(readings) as known(id)
    where not exists (select from understanding_reading r where r.id = known.id)
  )
  or exists (
    select from unnest(corrections) as known(id) join understanding_correction c on c.undoes_id = known.id
  )
)
"""


def knowing_what_is_gone(about: str) -> set[int]:
    """Which layers of a field do, of those that still know anything."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWING, [about])
        return {number for (number,) in cursor.fetchall()}


@transaction.atomic
def forget(numbers: Collection[int], *, at: datetime) -> None:
    """What these layers know goes for good; their figures stay."""
    for row in LearnedModel.objects.light().filter(pk__in=numbers).order_by("pk"):
        audit.record(by=None, at=at, act="learned.forget", kind="learned", id=row.pk, name=row.about)
    LearnedModel.objects.filter(pk__in=numbers).update(bytes=b"", forgotten_at=at, **NOTHING)
