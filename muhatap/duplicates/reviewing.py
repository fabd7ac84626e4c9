"""What people answer: one person, different people, later; and the way back of the last answer."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.contacts import bonds, families, likeness, merging, splitting
from muhatap.contacts.models import Contact, Identity, Merge, SourceRecord
from muhatap.duplicates.models import Answer, Proposal

Said, State, About = Answer.Said, Proposal.State, Proposal.About
WAITING = (State.OPEN, State.LATER)
AT_ONCE = 50  # questions answered together


class CannotAnswer(Exception):
    """It can't be answered so; the text says why."""


@transaction.atomic
def answer(
    *,
    proposal: Proposal,
    said: str,
    by: User,
    at: datetime,
    keep: int | None = None,
    seen: str = "",
    reason: str = "",
) -> Answer:
    """Do what was said: merge, split, or call them different people. `keep` stands after a merge, the older one unless told.

    `seen` is what was shown of the question (`shown`), where a page was; `reason` is what was said of a merge. Raises
    CannotAnswer.
    """
    held = _held(proposal)
    if held.state not in WAITING:
        raise CannotAnswer(_("Somebody answered this meanwhile."))
    if seen and seen != shown(held):
        raise CannotAnswer(_("The question has changed since you saw it. Nothing was done; look at it again."))
    given = Answer(proposal=held, said=said, levels=held.levels, weight=held.weight, by=by, at=at)
    if said == Said.LATER:
        return _settled(given, State.LATER)
    if held.about == About.TWO:
        return _about_one(given, _standing(held.one))
    return _about_two(given, _standing(held.one), _standing(held.other or 0), keep, reason or "reviewed")


def merge_sure(*, asked: Mapping[int, str], by: User, at: datetime) -> int:
    """Of these nearly sure questions (number: what was shown of it) each is one person: gives how many were answered so.

    Each stands for itself. What changed since it was seen, and two who are both identified, stay to be looked at one by one.
    """
    rows = Proposal.objects.filter(pk__in=list(asked)[:AT_ONCE]).order_by("-value", "id")
    given: list[int] = []
    for row in rows:
        with suppress(CannotAnswer):
            given.append(_surely_one(row, by=by, at=at, seen=asked[row.pk]).pk)
    Answer.objects.filter(pk__in=given).update(together=min(given, default=None))
    return len(given)


def mergeable(rows: Iterable[Proposal]) -> list[Proposal]:
    """Those that may be answered together: nearly sure, open, and at most one of the two identified."""
    rows = [
        row for row in rows if row.about == About.SAME and row.band == Proposal.Band.MERGE and row.state == State.OPEN
    ]
    identified = _identified({pk for row in rows for pk in (row.one, row.other) if pk})
    return [row for row in rows if not {row.one, row.other} <= identified]


def n_left(numbers: Collection[int]) -> int:
    """How many of these questions still wait."""
    return Proposal.objects.filter(pk__in=numbers, state__in=WAITING).count()


def shown(proposal: Proposal) -> str:
    """What a question asks, in a word: two questions of one word are one."""
    return ".".join(map(str, (proposal.one, proposal.other or 0, *proposal.records)))


def last(by: User) -> Answer | None:
    """The answer this person would take back: their newest that still stands, decided by nobody anew since."""
    return _last_ones(by).first()


def _last_ones(by: User) -> "QuerySet[Answer]":
    standing = Answer.objects.filter(by=by, undone_at=None, proposal__state_at=F("at"))
    standing = standing.exclude(merge__undone_at__isnull=False)  # parted on the contact's own page
    return standing.select_related("proposal", "by").order_by("-id")


def undo(*, by: User, at: datetime) -> Answer:
    """Take back this person's last answer, and those given by the same press: everything is as it was, and it is asked again.
    Raises CannotAnswer when some can't go back; the others did."""
    given = last(by)
    if given is None:
        raise CannotAnswer(_("There is no answer of yours to take back."))
    together, refused = given_with(given), []
    for one in together:
        try:
            _undone(one, by=by, at=at)
        except CannotAnswer as error:
            refused.append(error)
    if refused:
        raise _not_all(refused, len(together))
    return Answer.objects.select_related("proposal").get(pk=given.pk)


def _not_all(refused: Sequence[CannotAnswer], n: int) -> CannotAnswer:
    if len(refused) == n:
        return refused[0]
    said = _("%(n)s of %(all)s answers could not be taken back, the others are asked again. %(why)s")
    return CannotAnswer(said % {"n": len(refused), "all": n, "why": refused[0]})


def given_with(given: Answer) -> list[Answer]:
    """This answer and those given by the same press, the newest first, as they are taken back."""
    if given.together is None or given.by is None:
        return [given]
    return list(_last_ones(given.by).filter(together=given.together))


@transaction.atomic
def differ(*, one: Contact, other: Contact, by: User, at: datetime, how: str = "") -> None:
    """Somebody says by themselves that these are two people, maybe of one household or company (`how`, of bonds.HOW); where
    that is a question, it is answered. Raises CannotAnswer."""
    asked = question(one, other)
    if asked:
        answer(proposal=asked, said=Said.DIFFERENT, by=by, at=at)
    else:
        likeness.deny(one=one, other=other, by=by, at=at)
    if how:
        bonds.tie(one=one.pk, other=other.pk, how=how, by=by, at=at)


@transaction.atomic
def unite(*, keep: Contact, drop: Contact, by: User, at: datetime, reason: str = "") -> Merge:
    """Somebody says by themselves that these are one person; where that is a question, it is answered. Raises
    merging.CannotMerge."""
    asked = question(keep, drop)
    if asked is None or bonds.forbids(families.of(keep.pk), families.of(drop.pk)):
        return merging.merge(keep=keep, drop=drop, by=by, at=at, reason=reason)
    try:
        merged = answer(proposal=asked, said=Said.SAME, by=by, at=at, keep=keep.pk, reason=reason).merge
    except CannotAnswer as error:
        raise merging.CannotMerge(str(error)) from error
    if merged is None:
        raise merging.CannotMerge(_("One of the two was merged meanwhile. Look at them again."))
    return merged


@transaction.atomic
def recall(*, one: Contact, other: Contact, by: User, at: datetime) -> None:
    """That they are two people is taken back; where it was an answer, its question is asked again. Raises CannotAnswer."""
    standing = Answer.objects.filter(said=Said.DIFFERENT, undone_at=None, proposal__state_at=F("at"))
    given = standing.filter(proposal__in=_between(one, other).filter(state=State.DIFFERENT)).order_by("-id").first()
    if given:
        _undone(given, by=by, at=at)
    else:
        likeness.recall(one=one, other=other, by=by, at=at)


def question(one: Contact, other: Contact) -> Proposal | None:
    """What waits to be answered about these two."""
    return _between(one, other).filter(state__in=WAITING).first()


@transaction.atomic
def _surely_one(proposal: Proposal, *, by: User, at: datetime, seen: str) -> Answer:
    """One of many answered together, judged when its turn comes: the one before may have brought a proof to its contact."""
    if not mergeable([_held(proposal)]):
        raise CannotAnswer(_("The question has changed since you saw it. Nothing was done; look at it again."))
    return answer(proposal=proposal, said=Said.SAME, by=by, at=at, seen=seen)


def _identified(contacts: Collection[int]) -> set[int]:
    """Those of whom something is proved; the proof may have stayed with somebody who was merged into them."""
    members = families.members(contacts)
    everybody = {pk for family in members.values() for pk in family}
    proved = Identity.objects.filter(contact_id__in=everybody, verified_at__isnull=False)
    owners = set(proved.values_list("contact_id", flat=True))
    return {pk for pk, family in members.items() if not owners.isdisjoint(family)}


@transaction.atomic
def _undone(given: Answer, *, by: User, at: datetime) -> Answer:
    held = _held(given.proposal)
    if held.state_at != given.at:
        raise CannotAnswer(_("Somebody decided this anew meanwhile."))
    if given.said != Said.LATER:
        _take_back(given, held, by=by, at=at)
    _put_back(given.moved, given.at)
    held.state, held.state_at = State.OPEN, at
    held.save(update_fields=["state", "state_at"])
    given.undone_at = at
    given.save(update_fields=["undone_at"])
    given.proposal = held
    return given


def _held(proposal: Proposal) -> Proposal:
    """The question, locked after its contacts: two people who answer about one contact wait for each other, in one order."""
    pair = sorted(filter(None, (proposal.one, proposal.other)))
    list(Contact.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=pair).order_by("id"))
    return Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)


def _about_two(given: Answer, one: Contact, other: Contact, keep: int | None, reason: str) -> Answer:
    by, at = _who(given), given.at
    if given.said == Said.DIFFERENT:
        likeness.deny(one=one, other=other, by=by, at=at)
        return _settled(given, State.DIFFERENT)
    if keep not in (None, one.pk, other.pk):
        raise CannotAnswer(_("The question has changed since you saw it. Nothing was done; look at it again."))
    if bonds.forbids(families.of(one.pk), families.of(other.pk)):
        raise CannotAnswer(_("Somebody said meanwhile that these are two people."))
    kept, dropped = (other, one) if keep == other.pk else (one, other)
    try:
        given.merge = merging.merge(
            keep=kept, drop=dropped, by=by, at=at, reason=reason, evidence=_evidence(given.proposal, reason)
        )
    except merging.CannotMerge as error:
        raise CannotAnswer(str(error)) from error
    given.moved = _aim_anew(given.proposal, kept.pk, dropped.pk, at)
    return _settled(given, State.SAME)


def _about_one(given: Answer, contact: Contact) -> Answer:
    by, at, held = _who(given), given.at, given.proposal
    if given.said == Said.SAME:
        audit.record(by=by, at=at, act="contact.kept_whole", kind="contact", id=contact.pk, name=str(contact))
        return _settled(given, State.SAME)
    try:
        new = splitting.split(
            contact=contact, records=held.records, by=by, at=at, reason="reviewed", evidence=_evidence(held)
        )
    except splitting.CannotSplit as error:
        raise CannotAnswer(str(error)) from error
    given.made = new.pk
    return _settled(given, State.DIFFERENT)


def _settled(given: Answer, state: str) -> Answer:
    held = given.proposal
    held.state, held.state_at = state, given.at
    held.save(update_fields=["state", "state_at"])
    given.save()
    return given


def _aim_anew(proposal: Proposal, kept: int, dropped: int, at: datetime) -> list[dict[str, Any]]:
    """Other questions about the dropped contact are about the kept one now, or asked already, or settled with it."""
    rows = Proposal.objects.select_for_update(of=("self",)).filter(
        Q(one=dropped) | Q(other=dropped), about=About.SAME, state__in=WAITING
    )
    moved = []
    for row in rows.exclude(pk=proposal.pk).order_by("id"):
        before = {"id": row.pk, "one": row.one, "other": row.other, "state": row.state}
        third = row.other if row.one == dropped else row.one
        low, high = sorted((kept, third or 0))
        is_asked = low == high or _asked(low, high).exists()
        if is_asked or bonds.forbids(families.of(kept), families.of(third or 0)):
            row.state, row.state_at = State.GONE, at
        else:
            row.one, row.other = low, high
        row.save(update_fields=["one", "other", "state", "state_at"])
        moved.append(before | {"to": shown(row)})
    return moved


def _take_back(given: Answer, held: Proposal, *, by: User, at: datetime) -> None:
    if given.said == Said.DIFFERENT and held.about == About.SAME:
        likeness.recall(one=_standing(held.one), other=_standing(held.other or 0), by=by, at=at)
    elif given.merge_id:
        _unmerge(Merge.objects.select_related("keep", "drop").get(pk=given.merge_id), by=by, at=at)
    elif given.made:
        _join_again(_standing(held.one), _standing(given.made), by=by, at=at)


def _join_again(contact: Contact, made: Contact, *, by: User, at: datetime) -> None:
    """The records go home, so that they may be doubted again; what else came to the other contact meanwhile goes with a merge."""
    bonds.free(ones=families.of(contact.pk), others=families.of(made.pk), by=by, at=at, reason="undone")
    mine = SourceRecord.objects.filter(contact=made).values_list("pk", flat=True)
    try:
        splitting.link(contact=contact, records=list(mine), by=by, at=at, reason="undone")
        merging.merge(keep=contact, drop=made, by=by, at=at, reason="undone")
    except (splitting.CannotSplit, merging.CannotMerge) as error:
        raise CannotAnswer(str(error)) from error


def _unmerge(merge: Merge, *, by: User, at: datetime) -> None:
    """Parted as before, and undecided again: an answer taken back says nothing."""
    try:
        merging.unmerge(merge=merge, by=by, at=at, reason="undone")
    except merging.CannotUnmerge as error:
        raise CannotAnswer(str(error)) from error
    bonds.free(ones=families.of(merge.keep_id), others=families.of(merge.drop_id), by=by, at=at, reason="undone")


def _put_back(moved: Sequence[dict[str, Any]], moved_at: datetime) -> None:
    """Those that still stand as they were moved. Where the same was asked anew or answered meanwhile, that stands."""
    for one in moved:
        row = Proposal.objects.select_for_update(of=("self",)).get(pk=one["id"])
        is_as_moved = row.state in WAITING if row.state != State.GONE else row.state_at == moved_at
        if is_as_moved and shown(row) == one["to"] and not _asked(one["one"], one["other"]).exclude(pk=row.pk).exists():
            row.one, row.other, row.state = one["one"], one["other"], one["state"]
            row.save(update_fields=["one", "other", "state"])


def _between(one: Contact, other: Contact) -> "QuerySet[Proposal]":
    return _asked(*sorted((one.pk, other.pk)))


def _asked(one: int, other: int) -> "QuerySet[Proposal]":
    return Proposal.objects.filter(about=About.SAME, one=one, other=other)


def _standing(number: int) -> Contact:
    contact = Contact.objects.filter(pk=number, merged_into=None).first()
    if contact is None:
        raise CannotAnswer(_("One of the two was merged meanwhile. Look at the next question."))
    return contact


def _who(given: Answer) -> User:
    if given.by is None:
        raise CannotAnswer(_("Only people answer."))
    return given.by


def _evidence(proposal: Proposal, because: str = "reviewed") -> dict[str, Any]:
    return {"because": because, "weight": proposal.weight, "lines": proposal.lines, "proposal": proposal.pk}
