"""How the value of a field is chosen: a rule a field, kept by an administrator who has seen what it would change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.contacts import designing, profile, survivorship
from muhatap.contacts.fields import BUILT_IN
from muhatap.contacts.models import Contact, ProfileFact, SourceRecord, SurvivorshipRule
from muhatap.contacts.survivorship import DEFAULT, STEPS, TRUST, Rule
from muhatap.shared import jobs

JOB, QUEUE = "project_contacts", "care"
AT_ONCE = 500
LOOKED_AT = 2000
SHOWN = 20
_TRUST = range(1, 100)


class BadRule(ValueError):
    """The rule can't be like this; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Change:
    contact: Contact
    before: Any
    after: Any


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a rule would change among the contacts of whom the field was last told; the first of them to be shown."""

    n_looked_at: int
    n_changed: int
    shown: tuple[Change, ...]


def names() -> list[str]:
    """The fields that have a value to choose."""
    return [*BUILT_IN, *(field.key for field in designing.active())]


def of(name: str) -> Rule:
    return survivorship.standing_rules().get(name, DEFAULT)


def read(*, steps: Sequence[str], trust: Mapping[str, int]) -> Rule:
    """A rule somebody put together: what a person pinned always goes first. Raises BadRule."""
    if steps[:1] != ["pinned"] and tuple(steps[:1]) != ("pinned",):
        steps = ["pinned", *steps]
    if sorted(steps) != sorted(STEPS):
        raise BadRule(_("Name each step once."))
    if set(trust) != set(TRUST) or any(n not in _TRUST for n in trust.values()):
        raise BadRule(_("Give each source a number from 1 to 99; the higher, the more it is believed."))
    return Rule(steps=tuple(steps), trust=dict(trust))


def preview(name: str, rule: Rule) -> Preview:
    """What this rule would change; nothing is written. At most LOOKED_AT contacts are looked at, those last told of first."""
    asked = _told_of(name)
    rules = survivorship.standing_rules()
    now = survivorship.golden_each(asked, [name], rules)
    then = survivorship.golden_each(asked, [name], rules | {name: rule})
    changed = [pk for pk in asked if name in now[pk] and now[pk][name].value != then[pk][name].value]
    rows = Contact.objects.in_bulk(changed[:SHOWN])
    shown = tuple(
        Change(contact=rows[pk], before=now[pk][name].value, after=then[pk][name].value) for pk in changed[:SHOWN]
    )
    return Preview(n_looked_at=len(asked), n_changed=len(changed), shown=shown)


@transaction.atomic
def adopt(*, name: str, rule: Rule, by: User, at: datetime) -> None:
    """This rule stands from now on; a job brings every contact up to date. Raises BadRule."""
    if name not in names():
        raise BadRule(_("There is no such field."))
    before = of(name)
    if rule == before:
        return
    if rule == DEFAULT:
        SurvivorshipRule.objects.filter(field=name).delete()
    else:
        kept = {"steps": list(rule.steps), "trust": dict(rule.trust), "by": by, "at": at}
        SurvivorshipRule.objects.update_or_create(field=name, defaults=kept)
    jobs.queue(JOB, queue=QUEUE, after=0)
    audit.record(
        by=by,
        at=at,
        act="survivorship.changed",
        kind="survivorship",
        id=name,
        name=name,
        before={"steps": list(before.steps), "trust": dict(before.trust)},
        after={"steps": list(rule.steps), "trust": dict(rule.trust)},
    )


@transaction.atomic
def go_on(*, after: int, at: datetime) -> None:
    """Bring the next contacts up to date with the rules, and queue those after them."""
    rows = Contact.objects.filter(pk__gt=after, merged_into=None).order_by("id")
    some = list(rows.values_list("pk", flat=True)[:AT_ONCE])
    if some:
        profile.project(some, at=at)
        jobs.queue(JOB, queue=QUEUE, after=some[-1])


def _told_of(name: str) -> list[int]:
    """Contacts of whom this field was told, the newest words first."""
    facts = ProfileFact.objects.filter(field=name, contact__merged_into=None).order_by("-id")
    said = SourceRecord.objects.filter(is_current=True, values__has_key=name).order_by("-id")
    pairs = [rows.values_list("contact", flat=True)[:LOOKED_AT] for rows in (facts, said)]
    return list(dict.fromkeys(pk for rows in pairs for pk in rows))[:LOOKED_AT]
