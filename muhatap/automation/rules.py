"""Making, changing and switching rules; and what is wrong with one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.automation import actions, conditions, targets
from muhatap.automation.conditions import Problem
from muhatap.automation.events import EVENTS
from muhatap.automation.models import AutomationRule
from muhatap.automation.targets import Targets
from muhatap.shared.text import without_nul

LONGEST_WAIT = 24 * 366


@dataclass(frozen=True, kw_only=True)
class Problems:
    """What is wrong with a rule: by field, and by line of its conditions and actions."""

    fields: Mapping[str, str] = field(default_factory=dict)
    conditions: Sequence[Problem] = ()
    actions: Sequence[Problem] = ()

    def __bool__(self) -> bool:
        return bool(self.fields or self.conditions or self.actions)


class Refused(Exception):
    """The rule as written would not work; `problems` says where."""

    def __init__(self, problems: Problems) -> None:
        super().__init__(problems)
        self.problems = problems


@dataclass(frozen=True, kw_only=True)
class Wording:
    """A rule as somebody wrote it."""

    name: str
    event: str
    hours: int | None = None
    matching: str = "all"
    conditions: Sequence[Mapping[str, Any]] = ()
    actions: Sequence[Mapping[str, Any]] = ()


@transaction.atomic
def create(*, wording: Wording, by: User | None, at: datetime) -> AutomationRule:
    """A new rule, last in order and switched off. Raises Refused."""
    _check(wording)
    last = AutomationRule.objects.aggregate(last=Max("place"))["last"] or 0
    rule = AutomationRule.objects.create(**_columns(wording), place=last + 1, by=by, created_at=at, changed_at=at)
    _record(rule, by, at, "rule.create")
    return rule


@transaction.atomic
def revise(*, rule: AutomationRule, wording: Wording, by: User | None, at: datetime) -> None:
    """Everything the form of a rule says. Raises Refused; then nothing is changed."""
    _check(wording)
    before = AutomationRule.objects.select_for_update().get(pk=rule.pk)
    for name, value in _columns(wording).items():
        setattr(rule, name, value)
    rule.changed_at = at
    rule.is_on = before.is_on
    if before.event != wording.event:
        _look_forward(rule, at=at)
    rule.save(update_fields=[*_columns(wording), "changed_at", "passed_at", "passed_id"])
    _record(rule, by, at, "rule.change")


@transaction.atomic
def switch(*, rule: AutomationRule, on: bool, by: User | None, at: datetime) -> None:
    """On or off. A rule that waits for time to pass begins with what passes from now on."""
    current = AutomationRule.objects.select_for_update().get(pk=rule.pk)
    if current.is_on == on:
        return
    rule.is_on = on
    if on:
        _look_forward(rule, at=at)
    rule.save(update_fields=["is_on", "passed_at", "passed_id"])
    _record(rule, by, at, "rule.switch_on" if on else "rule.switch_off")


@transaction.atomic
def move(*, rule: AutomationRule, up: bool, by: User | None, at: datetime) -> None:
    """One place earlier or later; rules are looked at in their order."""
    rows = list(AutomationRule.objects.select_for_update().order_by("place", "id"))
    here = next(place for place, row in enumerate(rows) if row.pk == rule.pk)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(rows):
        return
    rows[here], rows[there] = rows[there], rows[here]
    for place, row in enumerate(rows, start=1):
        AutomationRule.objects.filter(pk=row.pk).exclude(place=place).update(place=place)
    _record(rule, by, at, "rule.move", to=there + 1)


@transaction.atomic
def delete(*, rule: AutomationRule, by: User | None, at: datetime) -> None:
    """The rule and its log; what it did stays, with its name in the threads."""
    _record(rule, by, at, "rule.delete")
    rule.delete()


def problems(rule: AutomationRule, present: Targets) -> Problems:
    """What keeps a rule that once was right from doing all of its work: somebody or something it points at is gone."""
    return Problems(
        conditions=conditions.problems(rule.conditions, present), actions=actions.problems(rule.actions, present)
    )


def _check(wording: Wording) -> None:
    present = targets.present()
    found = Problems(
        fields=_field_problems(wording),
        conditions=conditions.problems(wording.conditions, present),
        actions=actions.problems(wording.actions, present),
    )
    if found:
        raise Refused(found)


def _field_problems(wording: Wording) -> dict[str, str]:
    found = {}
    if not wording.name.strip():
        found["name"] = "empty"
    elif len(wording.name) > 120:
        found["name"] = "long"
    event = EVENTS.get(wording.event)
    if event is None:
        found["event"] = "choose"
    elif event.is_time and not (wording.hours and 0 < wording.hours <= LONGEST_WAIT):
        found["hours"] = "number"
    if not wording.actions:
        found["actions"] = "empty"
    return found


def _columns(wording: Wording) -> dict[str, Any]:
    return {
        "name": without_nul(wording.name).strip(),
        "event": wording.event,
        "hours": wording.hours if EVENTS[wording.event].is_time else None,
        "matching": "any" if wording.matching == "any" else "all",
        "conditions": [conditions.read(one).as_json() for one in wording.conditions],
        "actions": [actions.read(one).as_json() for one in wording.actions],
    }


def _look_forward(rule: AutomationRule, *, at: datetime) -> None:
    rule.passed_at = at - timedelta(hours=rule.hours) if rule.hours else None
    rule.passed_id = 0


def _record(rule: AutomationRule, by: User | None, at: datetime, act: str, **details: object) -> None:
    audit.record(by=by, at=at, act=act, kind="rule", id=rule.pk, name=rule.name, **details)
