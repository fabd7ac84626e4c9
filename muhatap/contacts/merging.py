"""Two contacts become one, and one becomes two again.

Every row of every room that points at the dropped contact is moved and written down. A row that has a twin with the kept
contact (the same tag, the same address) can't move: it stays with the dropped contact, whose row also stays, so that
un-merging finds everything as it was. Source records follow their home, whatever was merged since.

A merge that lies under others is taken out from among them: those on top are lifted off, newest first, each exactly; this
one is taken apart; and they are laid down again in their order. All in one transaction, so nobody sees the steps.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.contacts import bonds, families, fields, ledger, profile, searching, survivorship
from muhatap.contacts.ledger import Kind
from muhatap.contacts.models import Company, Contact, Merge, MergeMove, SourceRecord
from muhatap.contacts.relations import (
    AT_ONCE,
    BOOKKEEPING,
    Relation,
    count_rows,
    every_relation,
    relations,
    repoint,
)
from muhatap.contacts.survivorship import Golden

__all__ = ["BOOKKEEPING", "CannotMerge", "CannotUnmerge", "every_relation", "merge", "relations", "unmerge"]
MOST_ON_TOP = 50
_COLUMNS = ("name", "email", "phone", "city", "language", "company_id", "fields")
_MOMENTS = ("created_at", "last_seen_at")


class CannotMerge(Exception):
    """These two can't become one; the text says why."""


class CannotUnmerge(Exception):
    """This merge can't be taken back now; the text says why and what to do first."""


@transaction.atomic
def merge(
    *,
    keep: Contact,
    drop: Contact,
    by: User | None,
    at: datetime,
    reason: str = "",
    evidence: dict[str, Any] | None = None,
) -> Merge:
    """Make `drop` part of `keep`; both objects hold the new state afterwards. Raises CannotMerge.

    A person may merge what was once called two people, and so takes that word back; a machine may not.
    """
    _hold(keep, drop)
    if keep.pk == drop.pk:
        raise CannotMerge(_("This is one and the same contact."))
    if keep.merged_into_id or drop.merged_into_id:
        raise CannotMerge(_("One of the two was merged meanwhile. Look at them again."))
    _mind_bonds(keep, drop, by=by, at=at)
    merged = Merge(keep=keep, drop=drop, reason=reason[:200], by=by, at=at)
    _lay(merged, keep, drop, at)
    ledger.write(
        ledger.entry(
            Kind.MERGE, one=keep.pk, other=drop.pk, merge=merged.pk, by=by, at=at, reason=reason, evidence=evidence
        )
    )
    _tell(merged, "contact.merged", by=by, at=at)
    return merged


@transaction.atomic
def unmerge(*, merge: Merge, by: User | None, at: datetime, reason: str = "") -> None:
    """Give the dropped contact back all that the merge moved; what came later stays with the kept one. Raises CannotUnmerge.

    The two are called different people from now on, so that no run makes them one again.
    """
    if Merge.objects.filter(pk=merge.pk, undone_at__isnull=False).exists():
        raise CannotUnmerge(_("These two were un-merged before."))
    pair, on_top = (merge.keep, merge.drop), _on_top(merge)
    _hold(*Contact.objects.filter(pk__in={pk for one in [merge, *on_top] for pk in (one.keep_id, one.drop_id)}))
    merge.refresh_from_db(from_queryset=Merge.objects.select_for_update())
    if merge.undone_at or [one.pk for one in _on_top(merge)] != [one.pk for one in on_top]:
        raise CannotUnmerge(_("Somebody merged or parted them meanwhile. Look at them again."))
    for one in reversed(on_top):
        _lift(one, at)
    _lift(merge, at)
    merge.undone_by, merge.undone_at = by, at
    merge.save(update_fields=["undone_by", "undone_at"])
    for one in on_top:
        _lay(one, Contact.objects.get(pk=one.keep_id), Contact.objects.get(pk=one.drop_id), at)
    _keep_apart(merge, by=by, at=at, reason=reason)
    for contact in pair:
        contact.refresh_from_db()
    _tell(merge, "contact.unmerged", by=by, at=at)


def preview(*, keep: Contact, drop: Contact) -> "Preview":
    """What a merge would give: the value of every field, and how many rows of each model (by its label) would move."""
    return Preview(values=_united(keep, drop), n_rows=count_rows(drop))


@dataclass(frozen=True)
class Preview:
    values: dict[str, Any]
    n_rows: Counter[str]


def standing_merges(contact: Contact) -> list[Merge]:
    """The merges that made this contact what it is, newest first."""
    return list(Merge.objects.filter(keep=contact, undone_at=None).select_related("drop", "by").order_by("-id"))


def n_moved(merge: Merge) -> int:
    return merge.moves.filter(is_twin=False).count()


def _hold(*contacts: Contact) -> None:
    """Their rows in the order of their numbers, so that two merges don't wait for each other.

    Others may still point at them: a send holds its conversation and then points at the contact, while we hold the contact
    and then move the conversation.
    """
    for contact in sorted(contacts, key=lambda contact: contact.pk):
        profile.lock(contact)


def _mind_bonds(keep: Contact, drop: Contact, *, by: User | None, at: datetime) -> None:
    ones, others = families.of(keep.pk), families.of(drop.pk)
    if bonds.forbids(ones, others):
        if by is None:
            raise CannotMerge(_("Somebody said that these are two people."))
        bonds.free(ones=ones, others=others, by=by, at=at, reason="merged")


def _keep_apart(merge: Merge, *, by: User | None, at: datetime, reason: str) -> None:
    ledger.write(
        ledger.entry(Kind.UNMERGE, one=merge.keep_id, other=merge.drop_id, merge=merge.pk, by=by, at=at, reason=reason)
    )
    ones, others = families.of(merge.keep_id), families.of(merge.drop_id)
    bonds.part(ones=ones, others=others, by=by, at=at, reason=reason, evidence={"merge": merge.pk})


def _lay(merged: Merge, keep: Contact, drop: Contact, at: datetime) -> None:
    """Put `drop` into `keep`, whether for the first time or again."""
    golden = survivorship.golden([keep.pk])
    merged.values_before = _values(keep) | {"noted": sorted(golden)}
    merged.save()
    merged.moves.all().delete()
    united = _united(keep, drop)
    while sum(_move(merged, relation) for relation in relations()):
        pass  # a row written by whoever held something else of it, as a send holds its conversation, is there now
    drop.merged_into = keep
    drop.save(update_fields=["merged_into"])
    _unite(keep, drop, united, at)


def _lift(merge: Merge, at: datetime) -> None:
    """Take `drop` out of `keep`: both as they were, but for what was told since."""
    keep, drop = Contact.objects.get(pk=merge.keep_id), Contact.objects.get(pk=merge.drop_id)
    for name, moves in _moves(merge).items():
        _move_back(merge, name, moves)
    drop.merged_into = None
    drop.save(update_fields=["merged_into"])
    is_told_since = _send_home(keep, drop)
    _part(merge, keep, drop, at)
    if is_told_since:
        profile.project([drop.pk], at=at)


def _send_home(keep: Contact, drop: Contact) -> bool:
    """Records whose home is the dropped contact and that came since go with it: did any?"""
    home = SourceRecord.objects.filter(contact=keep, home_id__in=families.of(drop.pk))
    return bool(home.update(contact=drop))


def _move(merged: Merge, relation: Relation) -> int:
    """Point the rows at the kept contact; gives how many were found that had not been met before."""
    met = merged.moves.filter(relation=relation.name, is_twin=True).values("row_id")
    found = relation.rows(**{relation.field: merged.drop_id}).exclude(pk__in=met)
    ids = list(found.order_by("pk").values_list("pk", flat=True))
    moved = set(repoint(relation, ids, origin=merged.drop_id, target=merged.keep_id))
    MergeMove.objects.bulk_create(
        (MergeMove(merge=merged, relation=relation.name, row_id=pk, is_twin=pk not in moved) for pk in ids),
        batch_size=AT_ONCE,
    )
    return len(ids)


def _unite(keep: Contact, drop: Contact, united: dict[str, Any], at: datetime) -> None:
    for name, value in united.items():
        profile.place(keep, name, value, at=at)
    keep.created_at = min(keep.created_at, drop.created_at)
    keep.last_seen_at = max(keep.last_seen_at, drop.last_seen_at)
    keep.save()
    searching.describe(keep)


def _united(keep: Contact, drop: Contact) -> dict[str, Any]:
    """The golden value of every field. A value of the kept contact that nobody noted down gives way to none."""
    noted, best = survivorship.golden([keep.pk]), survivorship.golden([keep.pk, drop.pk])
    golden: dict[str, Golden] = {
        name: one
        for name, one in best.items()
        if one.contact_id == keep.pk or name in noted or not profile.value_of(keep, name)
    }
    names = dict.fromkeys([*fields.BUILT_IN, *keep.fields, *drop.fields, *golden])
    return {
        name: golden[name].value if name in golden else profile.value_of(keep, name) or profile.value_of(drop, name)
        for name in names
    }


def _values(contact: Contact) -> dict[str, Any]:
    """The row as it was, as JSON."""
    kept = {name: getattr(contact, name) for name in _COLUMNS}
    return kept | {name: getattr(contact, name).isoformat() for name in _MOMENTS}


def _part(merge: Merge, keep: Contact, drop: Contact, at: datetime) -> None:
    """The kept contact's row as it was before, but for what was told or taken back since."""
    before = merge.values_before
    golden = profile.current(keep)
    for name in _COLUMNS:
        setattr(keep, name, before[name])
    if keep.company_id and not Company.objects.filter(pk=keep.company_id).exists():
        keep.company_id = None
    for name in before.get("noted", _noted_by_old_merges(merge, golden)):
        profile.place(keep, name, golden[name].value if name in golden else None, at=at)
    for name in golden.keys() - set(before.get("noted", golden)):
        profile.place(keep, name, golden[name].value, at=at)
    for name in _MOMENTS:
        _restore_moment(keep, drop, name, datetime.fromisoformat(before[name]))
    keep.save()
    searching.describe(keep)
    searching.describe(drop)


def _noted_by_old_merges(merge: Merge, golden: dict[str, Golden]) -> Collection[str]:
    """A merge of before there were source records remembered the last fact instead: only what was told since is placed."""
    last = merge.values_before.get("last_fact", 0)
    return [name for name, one in golden.items() if one.record_id or (one.fact_id or 0) > last]


def _restore_moment(keep: Contact, drop: Contact, name: str, before: datetime) -> None:
    """A moment the merge took from the dropped contact goes back; one that moved since stays."""
    if getattr(keep, name) == getattr(drop, name):
        setattr(keep, name, before)


def _on_top(merge: Merge) -> list[Merge]:
    """The standing merges laid on this one since, in their order. Raises CannotUnmerge when there are too many."""
    found: list[Merge] = []
    touched = {merge.keep_id}
    while True:
        later = Merge.objects.filter(Q(keep__in=touched) | Q(drop__in=touched), undone_at=None, pk__gt=merge.pk)
        rows = list(later.select_related("keep", "drop").order_by("pk")[: MOST_ON_TOP + 1])
        if len(rows) > MOST_ON_TOP:
            said = _("More than %(n)d merges lie on this one. Part “%(keep)s” and “%(drop)s” first.")
            raise CannotUnmerge(said % {"n": MOST_ON_TOP, "keep": rows[-1].keep, "drop": rows[-1].drop})
        if [row.pk for row in rows] == [row.pk for row in found]:
            return _chain(merge, rows)
        found, touched = rows, touched | {row.keep_id for row in rows if row.drop_id in touched}


def _chain(merge: Merge, rows: list[Merge]) -> list[Merge]:
    """Of these only the ones that came while their contact held what this merge had brought."""
    touched, chain = {merge.keep_id}, []
    for row in rows:
        if row.keep_id in touched or row.drop_id in touched:
            chain.append(row)
            touched.add(row.keep_id)
    return chain


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
        list(repoint(relation, list(still.values_list("pk", flat=True)), origin=merge.keep_id, target=merge.drop_id))


def _tell(merge: Merge, act: str, *, by: User | None, at: datetime) -> None:
    more = {"dropped": merge.drop_id, "merge": merge.pk, "n_rows": n_moved(merge)}
    audit.record(by=by, at=at, act=act, kind="contact", id=merge.keep_id, name=str(merge.keep), **more)
