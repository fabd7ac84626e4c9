"""The order of macros: everybody's own, since what one needs most another never uses."""

from django.db import transaction

from muhatap.accounts.models import User
from muhatap.automation import macros
from muhatap.automation.models import Macro, MacroPlace
from muhatap.shared import locks
from muhatap.shared.text import sort_key


def ordered(user: User) -> list[Macro]:
    """The macros somebody may run, in the order they gave them; new ones after those, by name."""
    places = dict(MacroPlace.objects.filter(user=user).values_list("macro", "position"))
    last = len(places) and max(places.values()) + 1
    rows = macros.open_to(user).select_related("team")
    return sorted(rows, key=lambda macro: (places.get(macro.pk, last), sort_key(macro.name), macro.pk))


@transaction.atomic
def move(*, macro: Macro, up: bool, by: User) -> None:
    """One place up or down in one's own list; nobody else's changes."""
    locks.hold("macro places", by.pk)
    order = ordered(by)
    here = next((place for place, other in enumerate(order) if other.pk == macro.pk), None)
    there = None if here is None else here - 1 if up else here + 1
    if here is None or there is None or not 0 <= there < len(order):
        return
    order[here], order[there] = order[there], order[here]
    MacroPlace.objects.bulk_create(
        [MacroPlace(user=by, macro=one, position=place) for place, one in enumerate(order)],
        update_conflicts=True,
        unique_fields=["user", "macro"],
        update_fields=["position"],
    )
