"""Which of several values stands: pinned by a person, then verified, then the source's rank, then the newer, then the fuller one."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from muhatap.accounts.models import User
from muhatap.contacts.models import Identity, ProfileFact, SourceRecord, SurvivorshipRule

STEPS = ("pinned", "verified", "source", "recent", "complete")
ONLY = "only"
# What staff wrote stands above what the customer told us of themselves, and that above what a header says.
TRUST = {"agent": 40, "shop": 35, "form": 30, "webchat": 30, "import": 20, "email": 10, "header": 10}
LEAST = 10
_VERIFIABLE = ("email", "phone")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How one field is decided: the steps in their order, and how much each source is believed."""

    steps: tuple[str, ...] = STEPS
    trust: Mapping[str, int] = field(default_factory=lambda: TRUST)

    def believed(self, source: str) -> int:
        return self.trust.get(source.partition(":")[0], LEAST)


@dataclass(frozen=True, kw_only=True)
class Golden:
    """A value and where it comes from: a fact or a source record. `rule` is the step that decided, ONLY when nothing else was said."""

    field: str
    value: Any
    source: str
    by: User | None
    at: datetime
    contact_id: int
    fact_id: int | None = None
    record_id: int | None = None
    is_pinned: bool = False
    is_verified: bool = False
    rule: str = ONLY


def golden(contacts: Collection[int], names: Iterable[str] | None = None) -> dict[str, Golden]:
    """The values of one person who stands in these contacts; of each source only its newest word is weighed."""
    told = _told(contacts, names)
    return _chosen([one for some in told.values() for one in some])


def golden_each(
    contacts: Collection[int], names: Iterable[str] | None = None, rules: Mapping[str, Rule] | None = None
) -> dict[int, dict[str, Golden]]:
    """The same for many people, one a contact, in as many questions as for one; also by rules that do not stand yet."""
    told, standing = _told(contacts, names), standing_rules() if rules is None else rules
    verified = _verified(contacts)
    return {pk: _chosen(told.get(pk, []), rules=standing, verified=verified) for pk in contacts}


def standing_rules() -> dict[str, Rule]:
    """The rule of each field that has one of its own."""
    rows = SurvivorshipRule.objects.values_list("field", "steps", "trust")
    return {name: Rule(steps=tuple(steps), trust=dict(trust)) for name, steps, trust in rows}


def chosen(told: Iterable[Golden], rules: Mapping[str, Rule]) -> dict[str, Golden]:
    """What these rules would choose of what was told; whether it is verified is known already."""
    best: dict[str, Golden] = {}
    for name, rivals in _by_field(told).items():
        best[name] = _winner(rivals, rules.get(name, DEFAULT))
    return best


DEFAULT = Rule()


def _told(contacts: Collection[int], names: Iterable[str] | None) -> dict[int, list[Golden]]:
    found: dict[int, list[Golden]] = {}
    wanted = None if names is None else set(names)
    for one in [*_facts(contacts, wanted), *_of_records(contacts, wanted)]:
        found.setdefault(one.contact_id, []).append(one)
    return found


def _facts(contacts: Collection[int], names: set[str] | None) -> Iterable[Golden]:
    told = ProfileFact.objects.filter(contact_id__one_of=contacts)
    if names is not None:
        told = told.filter(field__in=names)
    newest = told.order_by("contact", "field", "source", "-at", "-id").distinct("contact", "field", "source")
    for fact in newest.select_related("by"):
        yield Golden(
            field=fact.field,
            value=fact.value,
            source=fact.source,
            by=fact.by,
            at=fact.at,
            contact_id=fact.contact_id,
            fact_id=fact.pk,
            is_pinned=fact.source == "agent" and fact.released_at is None,
        )


def _of_records(contacts: Collection[int], names: set[str] | None) -> Iterable[Golden]:
    rows = SourceRecord.objects.filter(contact_id__one_of=contacts, is_current=True).exclude(values={})
    for pk, contact_id, values, source, at in rows.values_list("pk", "contact_id", "values", "source", "at"):
        for name, value in values.items():
            if names is None or name in names:
                yield Golden(
                    field=name, value=value, source=source, by=None, at=at, contact_id=contact_id, record_id=pk
                )


def _chosen(
    told: list[Golden],
    *,
    rules: Mapping[str, Rule] | None = None,
    verified: set[tuple[int, str, str]] | None = None,
) -> dict[str, Golden]:
    """Rules and proofs are only asked for where two values differ."""
    contested = {name for name, rivals in _by_field(told).items() if _differ(rivals)}
    if contested and rules is None:
        rules = standing_rules()
    if contested & set(_VERIFIABLE) and verified is None:
        verified = _verified({one.contact_id for one in told})
    return chosen((_proved(one, verified or set()) for one in told), rules or {})


def _proved(one: Golden, verified: set[tuple[int, str, str]]) -> Golden:
    is_verified = one.field in _VERIFIABLE and (one.contact_id, one.field, str(one.value)) in verified
    return Golden(**{**one.__dict__, "is_verified": True}) if is_verified else one


def _verified(contacts: Collection[int]) -> set[tuple[int, str, str]]:
    rows = Identity.objects.filter(contact_id__one_of=contacts, kind__in=_VERIFIABLE, verified_at__isnull=False)
    return set(rows.values_list("contact_id", "kind", "value"))


def _by_field(told: Iterable[Golden]) -> dict[str, list[Golden]]:
    found: dict[str, list[Golden]] = {}
    for one in told:
        found.setdefault(one.field, []).append(one)
    return found


def _differ(rivals: list[Golden]) -> bool:
    return any(one.value != rivals[0].value for one in rivals)


def _winner(rivals: list[Golden], rule: Rule) -> Golden:
    """The first by the rule's steps; at the very end the newer row, so that the same words always give the same value."""
    if len(rivals) == 1:
        return rivals[0]
    ranked = sorted(
        rivals, key=lambda one: (_rank(one, rule), one.at, one.fact_id or 0, one.record_id or 0), reverse=True
    )
    best = ranked[0]
    second = next((one for one in ranked if one.value != best.value), None)
    return best if second is None else Golden(**{**best.__dict__, "rule": _decided(best, second, rule)})


def _decided(best: Golden, second: Golden, rule: Rule) -> str:
    pairs = zip(rule.steps, _rank(best, rule), _rank(second, rule), strict=True)
    return next((step for step, here, there in pairs if here != there), "recent")


def _rank(one: Golden, rule: Rule) -> tuple[Any, ...]:
    return tuple(_SAYS[step](one, rule) for step in rule.steps)


_SAYS: Mapping[str, Callable[[Golden, Rule], Any]] = {
    "pinned": lambda one, _rule: one.is_pinned,
    "verified": lambda one, _rule: one.is_verified,
    "source": lambda one, rule: rule.believed(one.source),
    "recent": lambda one, _rule: one.at,
    "complete": lambda one, _rule: len(str(one.value or "")),
}
