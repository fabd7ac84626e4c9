"""Two contacts become one, and one becomes two again.

Every row of every room that points at the dropped contact is found by asking the models, moved and written down. A row
that has a twin with the kept contact (the same tag, the same address) can't move: it stays with the dropped contact,
whose row also stays, so that un-merging finds everything as it was.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.contacts import fields, profile, searching
from muhatap.contacts.models import Company, Contact, Merge, MergeMove, ProfileFact

# What a merge itself is made of: these say who was merged into whom and never move.
BOOKKEEPING = frozenset({"contacts.Contact.merged_into", "contacts.Merge.keep", "contacts.Merge.drop"})
_AT_ONCE = 5000
_COLUMNS = ("name", "email", "phone", "city", "language", "company_id", "fields")
_MOMENTS = ("created_at", "last_seen_at")


class CannotMerge(Exception):
    """These two can't become one; the text says why."""


class CannotUnmerge(Exception):
    """This merge can't be taken back now; the text says why and what to do first."""


@dataclass(frozen=True)
class Relation:
    """One column somewhere that points at a contact."""

    model: type[models.Model]
    field: str

    @property
    def name(self) -> str:
        return f"{self.model._meta.label}.{self.field}"

    def rows(self, **conditions: Any) -> "models.QuerySet[models.Model]":
        return self.model._base_manager.filter(**conditions)


def relations() -> list[Relation]:
    """Every column of every model that points at a contact and moves with a merge."""
    return [relation for relation in every_relation() if relation.name not in BOOKKEEPING]


def every_relation() -> list[Relation]:
    """Every column that points at a contact, also in the tables between, and the merge's own."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            if isinstance(field, models.ForeignKey) and field.related_model is Contact:
                found.append(Relation(model, field.name))
    return found


@transaction.atomic
def merge(*, keep: Contact, drop: Contact, by: User | None, at: datetime, reason: str = "") -> Merge:
    """Make `drop` part of `keep`; both objects hold the new state afterwards. Raises CannotMerge."""
    _hold(keep, drop)
    if keep.pk == drop.pk:
        raise CannotMerge(_("This is one and the same contact."))
    if keep.merged_into_id or drop.merged_into_id:
        raise CannotMerge(_("One of the two was merged meanwhile. Look at them again."))
    merged = Merge.objects.create(keep=keep, drop=drop, reason=reason[:200], by=by, at=at, values_before=_values(keep))
    united = preview(keep=keep, drop=drop).values
    while sum(_move(merged, relation) for relation in relations()):
        pass  # a row written by whoever held something else of it, as a send holds its conversation, is there now
    drop.merged_into = keep
    drop.save(update_fields=["merged_into"])
    _unite(keep, drop, united, at)
    _tell(merged, "contact.merged", by=by, at=at)
    return merged


@transaction.atomic
def unmerge(*, merge: Merge, by: User | None, at: datetime) -> None:
    """Give the dropped contact back all that the merge moved; what came later stays with the kept one. Raises CannotUnmerge."""
    keep, drop = merge.keep, merge.drop
    _hold(keep, drop)
    merge.refresh_from_db(from_queryset=Merge.objects.select_for_update())
    _refuse_unless_on_top(merge)
    for name, moves in _moves(merge).items():
        _move_back(merge, name, moves)
    drop.merged_into = None
    drop.save(update_fields=["merged_into"])
    _part(merge, keep, drop, at)
    merge.undone_by, merge.undone_at = by, at
    merge.save(update_fields=["undone_by", "undone_at"])
    _tell(merge, "contact.unmerged", by=by, at=at)


def preview(*, keep: Contact, drop: Contact) -> "Preview":
    """What a merge would give: the value of every field, and how many rows of each model (by its label) would move."""
    facts = _best_of_both(keep, drop)
    names = dict.fromkeys([*fields.BUILT_IN, *keep.fields, *drop.fields, *facts])
    told = {
        name: facts[name].value if name in facts else profile.value_of(keep, name) or profile.value_of(drop, name)
        for name in names
    }
    return Preview(values=told, n_rows=_count_rows(drop))


@dataclass(frozen=True)
class Preview:
    values: dict[str, Any]
    n_rows: Counter[str]


def standing_merges(contact: Contact) -> list[Merge]:
    """The merges that made this contact what it is, newest first: the first of them can be taken back."""
    return list(Merge.objects.filter(keep=contact, undone_at=None).select_related("drop", "by").order_by("-id"))


def n_moved(merge: Merge) -> int:
    return merge.moves.filter(is_twin=False).count()


def _hold(*contacts: Contact) -> None:
    """Both rows in the order of their numbers, so that two merges don't wait for each other.

    Others may still point at them: a send holds its conversation and then points at the contact, while we hold the contact
    and then move the conversation.
    """
    for contact in sorted(contacts, key=lambda contact: contact.pk):
        profile.lock(contact)


def _move(merged: Merge, relation: Relation) -> int:
    """Point the rows at the kept contact; gives how many were found that had not been met before."""
    met = merged.moves.filter(relation=relation.name, is_twin=True).values("row_id")
    found = relation.rows(**{relation.field: merged.drop_id}).exclude(pk__in=met)
    ids = list(found.order_by("pk").values_list("pk", flat=True))
    moved = set(_repoint(relation, ids, origin=merged.drop_id, target=merged.keep_id))
    MergeMove.objects.bulk_create(
        (MergeMove(merge=merged, relation=relation.name, row_id=pk, is_twin=pk not in moved) for pk in ids),
        batch_size=_AT_ONCE,
    )
    return len(ids)


def _repoint(relation: Relation, ids: list[int], *, origin: int, target: int) -> Iterator[int]:
    """Point these rows from one contact to the other; gives the ids of those that could go."""
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        if _goes(relation, some, origin, target):
            yield from some
        elif len(some) > 1:  # one of them has a twin there: find out which
            yield from (pk for pk in some if _goes(relation, [pk], origin, target))


def _goes(relation: Relation, ids: list[int], origin: int, target: int) -> bool:
    try:
        with transaction.atomic():
            relation.rows(**{"pk__in": ids, relation.field: origin}).update(**{relation.field: target})
    except IntegrityError:
        return False
    return True


def _unite(keep: Contact, drop: Contact, united: dict[str, Any], at: datetime) -> None:
    for name, value in united.items():
        profile.place(keep, name, value, at=at)
    keep.created_at = min(keep.created_at, drop.created_at)
    keep.last_seen_at = max(keep.last_seen_at, drop.last_seen_at)
    keep.save()
    searching.describe(keep)


def _best_of_both(keep: Contact, drop: Contact) -> dict[str, ProfileFact]:
    """The fact that wins each field. A value of the kept contact that nobody noted down gives way to none."""
    best = profile.current_of([keep.pk, drop.pk])
    noted = {*profile.current_of([keep.pk])}
    return {
        name: fact
        for name, fact in best.items()
        if fact.contact_id == keep.pk or name in noted or not profile.value_of(keep, name)
    }


def _values(contact: Contact) -> dict[str, Any]:
    """The row as it was, as JSON, and the number of the last fact anybody had told by then."""
    kept = {name: getattr(contact, name) for name in _COLUMNS}
    return kept | {name: getattr(contact, name).isoformat() for name in _MOMENTS} | {"last_fact": _last_fact()}


def _last_fact() -> int:
    return ProfileFact.objects.order_by("-id").values_list("id", flat=True).first() or 0


def _part(merge: Merge, keep: Contact, drop: Contact, at: datetime) -> None:
    """The kept contact's row as it was before, but for what somebody told since."""
    before = merge.values_before
    since = ProfileFact.objects.filter(contact=keep, id__gt=before["last_fact"]).values_list("field", flat=True)
    newer = profile.current(keep, set(since))
    for name in _COLUMNS:
        setattr(keep, name, before[name])
    if keep.company_id and not Company.objects.filter(pk=keep.company_id).exists():
        keep.company_id = None
    for name, fact in newer.items():
        profile.place(keep, name, fact.value, at=at)
    for name in _MOMENTS:
        _restore_moment(keep, drop, name, datetime.fromisoformat(before[name]))
    keep.save()
    searching.describe(keep)
    searching.describe(drop)


def _restore_moment(keep: Contact, drop: Contact, name: str, before: datetime) -> None:
    """A moment the merge took from the dropped contact goes back; one that moved since stays."""
    if getattr(keep, name) == getattr(drop, name):
        setattr(keep, name, before)


def _refuse_unless_on_top(merge: Merge) -> None:
    if merge.undone_at:
        raise CannotUnmerge(_("These two were parted before."))
    pair = [merge.keep_id, merge.drop_id]
    later = (
        Merge.objects.filter(Q(keep__in=pair) | Q(drop__in=pair), undone_at=None, pk__gt=merge.pk)
        .order_by("-pk")
        .first()
    )
    if later:
        said = _("“%(keep)s” and “%(drop)s” were merged after this. Part those two first.")
        raise CannotUnmerge(said % {"keep": later.keep, "drop": later.drop})


def _moves(merge: Merge) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for name, row_id in merge.moves.filter(is_twin=False).order_by("id").values_list("relation", "row_id"):
        found.setdefault(name, []).append(row_id)
    return found


def _move_back(merge: Merge, name: str, ids: list[int]) -> None:
    """Rows that went to somebody else meanwhile, or were deleted, are left alone."""
    relation = next((r for r in relations() if r.name == name), None)
    if relation:
        still = relation.rows(**{"pk__in": ids, relation.field: merge.keep_id})
        list(_repoint(relation, list(still.values_list("pk", flat=True)), origin=merge.keep_id, target=merge.drop_id))


def _count_rows(drop: Contact) -> Counter[str]:
    found: Counter[str] = Counter()
    for relation in relations():
        found[relation.model._meta.label] += relation.rows(**{relation.field: drop.pk}).count()
    return +found


def _tell(merge: Merge, act: str, *, by: User | None, at: datetime) -> None:
    more = {"dropped": merge.drop_id, "merge": merge.pk, "n_rows": n_moved(merge)}
    audit.record(by=by, at=at, act=act, kind="contact", id=merge.keep_id, name=str(merge.keep), **more)
