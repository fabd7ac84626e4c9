"""What is asked next, and what else there is to ask."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from muhatap.contacts.models import Contact
from muhatap.duplicates.models import Proposal

MOST = 50
COUNTED = 1000
KINDS = ("", "merge", "review", "two", "later")
_State, _About = Proposal.State, Proposal.About


def page(kind: str = "", *, most: int = MOST) -> list[Proposal]:
    """Questions in the order of what their answers are worth; those put off come after them, the oldest first."""
    rows = _standing(_of(kind))
    opened = list(rows.filter(state=_State.OPEN).order_by("-value", "id")[:most]) if kind != "later" else []
    if kind in ("", "later") and len(opened) < most:
        opened += rows.filter(state=_State.LATER).order_by("state_at", "id")[: most - len(opened)]
    return opened


def counts() -> dict[str, int]:
    """How many wait, by kind, up to COUNTED."""
    return {kind: _of(kind)[:COUNTED].count() for kind in KINDS}


def n_waiting() -> int:
    return _of("")[:COUNTED].count()


def group(proposal: Proposal, *, most: int = 8) -> list[Proposal]:
    """The other open questions it hangs together with, worth most first."""
    if proposal.n_group < 3:
        return []
    rows = Proposal.objects.filter(group=proposal.group, state__in=(_State.OPEN, _State.LATER)).exclude(pk=proposal.pk)
    return list(_standing(rows).order_by("-value", "id")[:most])


def contacts_of(proposals: Iterable[Proposal]) -> dict[int, Contact]:
    numbers = {pk for row in proposals for pk in (row.one, row.other) if pk}
    return Contact.objects.select_related("company").in_bulk(numbers)


def _of(kind: str) -> "QuerySet[Proposal]":
    rows = Proposal.objects.all()
    if kind == "later":
        return rows.filter(state=_State.LATER)
    if kind == "":
        return rows.filter(state__in=(_State.OPEN, _State.LATER))
    rows = rows.filter(state=_State.OPEN)
    return rows.filter(about=_About.TWO) if kind == "two" else rows.filter(about=_About.SAME, band=kind)


def _standing(rows: "QuerySet[Proposal]") -> "QuerySet[Proposal]":
    """Without those about contacts that were merged a moment ago."""

    def stands(name: str) -> Exists:
        return Exists(Contact.objects.filter(pk=OuterRef(name), merged_into=None))

    return rows.filter(stands("one")).filter(Q(other=None) | Q(stands("other")))
