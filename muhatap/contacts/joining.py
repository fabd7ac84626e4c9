"""Which contact a source's record joins by itself, and which likenesses are left to people.

By itself only: an address or number of a kind the source is matched on, held verified, proving persons, with the rest not
speaking against it (another first name makes it a household's, unless it is of a kind one person has once); or, from a
trusted source, the automatic band of the matcher against a trusted record, of one contact only. Never where one person has
one (two shop accounts), never two standing contacts.
"""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from muhatap.contacts import candidates, comparable, families
from muhatap.contacts.graph import Graph, Key
from muhatap.contacts.models import Identity, SourceRecord
from muhatap.matching import scoring
from muhatap.matching.comparing import OTHER
from muhatap.matching.normal import Normal
from muhatap.matching.scoring import Verdict

if TYPE_CHECKING:
    from muhatap.contacts.records import Word

_MOST_RECORDS = 20


def find(words: "list[Word]", rules: Graph, *, match: Collection[str], is_trusted: bool) -> None:
    """Give each word its contact and why, or leave it without; `likely` holds whom it may be."""
    if not words:
        return
    by_kind = sorted(match, key=lambda kind: rules.of(kind).priority)
    owners = owners_of((h.kind, h.value) for word in words for h in word.handles if h.kind in match)
    likely = candidates.of([word.normal for word in words])
    proofs = _single_proofs({*owners.values(), *(one.contact for some in likely for one in some)}, rules.one_each())
    said = _records_of(set(owners.values()))
    for word, some in zip(words, likely, strict=True):
        word.likely = [one for one in some if not _contradicts(word, one.contact, proofs)]
        for kind in by_kind:
            _join_by_handle(word, kind, owners, rules, said, proofs)
        if word.contact is None and is_trusted:
            _join_by_likeness(word)


def owners_of(values: Iterable[Key]) -> dict[Key, int]:
    """The standing contact each of these recognises, in one question."""
    wanted = set(values)
    if not wanted:
        return {}
    rows = Identity.objects.filter(
        kind__in={kind for kind, _ in wanted}, value__in={value for _, value in wanted}, verified_at__isnull=False
    ).values_list("kind", "value", "contact_id")
    known = {(kind, value): contact for kind, value, contact in rows if (kind, value) in wanted}
    standing = families.standing(set(known.values()))
    return {key: standing[contact] for key, contact in known.items()}


def proved_apart(contact: int, others: Collection[int], kinds: Collection[str]) -> set[int]:
    """Those of the others who proved another value of a kind of which one person has one: two shop accounts are two people."""
    proofs = _single_proofs({contact, *others}, kinds)
    own = proofs.pop(contact, set())
    of = {kind for kind, _value in own}
    return {pk for pk, some in proofs.items() if any(kind in of and (kind, value) not in own for kind, value in some)}


def _join_by_handle(
    word: "Word",
    kind: str,
    owners: dict[Key, int],
    rules: Graph,
    said: dict[int, list[Normal]],
    proofs: dict[int, set[Key]],
) -> None:
    for handle in word.handles:
        owner = owners.get((kind, handle.value)) if handle.kind == kind else None
        if owner is None or word.contact is not None or rules.why_weak(kind, handle.value):
            continue
        is_somebody_else = kind not in rules.one_each() and _is_somebody_else(word.normal, said.get(owner, []))
        if is_somebody_else or _contradicts(word, owner, proofs):
            continue
        word.contact, word.because = owner, kind


def _join_by_likeness(word: "Word") -> None:
    """What answers of people taught may put a pair before somebody sooner; nobody is joined because of it."""
    bar = comparable.model().merge
    sure = [one for one in word.likely if one.weight >= bar and _is_sure_by_itself(one.verdict)]
    if len(sure) == 1 and sure[0].is_trusted:
        word.contact, word.because = sure[0].contact, "likeness"


def _is_sure_by_itself(verdict: Verdict) -> bool:
    taught = sum(max(one.weight, 0.0) for one in verdict.evidence if one.field == "taught")
    return scoring.band(verdict.weight - taught, comparable.model()) == "merge"


def _is_somebody_else(record: Normal, said: list[Normal]) -> bool:
    """Does everything that is known of the owner speak against it? A family's one phone is no person's."""
    return bool(said) and all(_speaks_against(candidates.weigh(record, other)) for other in said)


def _speaks_against(verdict: Verdict) -> bool:
    return verdict.band == "apart" or any(one.field == "given" and one.level == OTHER for one in verdict.evidence)


def _contradicts(word: "Word", contact: int, proofs: dict[int, set[Key]]) -> bool:
    own = proofs.get(contact, set())
    return any(
        handle.kind in {kind for kind, _ in own} and (handle.kind, handle.value) not in own for handle in word.handles
    )


def _single_proofs(contacts: Collection[int], kinds: Collection[str]) -> dict[int, set[Key]]:
    found: dict[int, set[Key]] = {}
    rows = Identity.objects.filter(contact__in=contacts, kind__in=kinds, verified_at__isnull=False)
    for contact, kind, value in rows.values_list("contact_id", "kind", "value") if contacts and kinds else []:
        found.setdefault(contact, set()).add((kind, value))
    return found


def _records_of(contacts: Collection[int]) -> dict[int, list[Normal]]:
    found: dict[int, list[Normal]] = {}
    rows = SourceRecord.objects.filter(contact__in=contacts, is_current=True).order_by("-id")
    for contact, kept in rows.values_list("contact_id", "normal") if contacts else []:
        if len(found.setdefault(contact, [])) < _MOST_RECORDS:
            found[contact].append(comparable.read(kept))
    return found
