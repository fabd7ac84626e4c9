"""The triggers as they are set: one of each kind, off until somebody turns it on."""

from datetime import datetime

from django.db import transaction

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.shared.text import without_nul
from muhatap.triggers.models import Trigger

LONGEST = 2000


def all_kinds() -> list[Trigger]:
    """Each kind in the order of the list; those nobody ever set are as new, and not kept."""
    kept = {trigger.kind: trigger for trigger in Trigger.objects.all()}
    return [kept.get(kind) or Trigger(kind=kind) for kind in Trigger.Kind.values]


def of(kind: str) -> Trigger:
    return Trigger.objects.filter(kind=kind).first() or Trigger(kind=kind)


@transaction.atomic
def change(*, kind: str, is_on: bool, way: str, text: str, rest_days: int, by: User, at: datetime) -> Trigger:
    """Raises ValueError for an unknown kind or way. Turned on, it looks at what happens from now on."""
    wanted = {"is_on": is_on, "way": Trigger.Way(way), "text": without_nul(text)[:LONGEST], "rest_days": rest_days}
    before = Trigger.objects.select_for_update().filter(kind=Trigger.Kind(kind)).first()
    is_news = is_on and (before is None or not before.is_on)
    kept, _is_new = Trigger.objects.update_or_create(
        kind=kind,
        defaults=wanted
        | {"by": by, "looked_at": at if is_news else before.looked_at if before else None}
        | ({"changed_at": at} if is_news or before is None else {}),
        create_defaults=wanted | {"by": by, "looked_at": at if is_on else None, "changed_at": at},
    )
    audit.record(by=by, at=at, act="trigger.changed", kind="trigger", id=kept.pk, name=kind, is_on=is_on, way=way)
    return kept
