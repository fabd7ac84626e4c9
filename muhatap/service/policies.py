"""What is promised to whom: making, ordering and archiving policies, and the one that fits a conversation."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.service import hours
from muhatap.service.models import SlaPolicy
from muhatap.service.working import FARTHEST, NeverOpen, WorkingTime

TARGETS = ("first_response", "next_response", "resolution")
CONDITIONS = ("inbox_ids", "team_ids", "tag_ids", "priorities")
PROMISES = (*(f"{kind}_minutes" for kind in TARGETS), "warn_minutes", "hours", "pauses_waiting", "pauses_snoozed")


class NameTaken(Exception):
    """Another policy has this name."""


class NothingPromised(Exception):
    """A policy has one target at least."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What one policy promises, in its working time."""

    policy: SlaPolicy
    time: WorkingTime

    @property
    def policy_id(self) -> int:
        return self.policy.pk

    @property
    def policy_name(self) -> str:
        return self.policy.name

    def promises(self, kind: str) -> bool:
        return self._minutes(kind) is not None

    def due(self, kind: str, started_at: datetime, rested: timedelta) -> datetime:
        """A promise longer than its hours have room for is due in some years: it must not keep the others from being told."""
        try:
            return self.time.after(started_at, timedelta(minutes=self._minutes(kind) or 0) + rested)
        except NeverOpen:
            return started_at + FARTHEST

    def warn(self, due_at: datetime) -> datetime | None:
        return due_at - timedelta(minutes=self.policy.warn_minutes) if self.policy.warn_minutes else None

    def worked(self, start: datetime, end: datetime) -> timedelta:
        return self.time.between(start, end)

    def rests(self, kind: str, status: str) -> bool:
        """While we wait for them a resolution rests; an answer is not owed then anyway. Snoozed, everything may rest."""
        if status == "snoozed":
            return self.policy.pauses_snoozed
        return status == "waiting" and kind == "resolution" and self.policy.pauses_waiting

    def _minutes(self, kind: str) -> int | None:
        minutes: int | None = getattr(self.policy, f"{kind}_minutes")
        return minutes


def standing() -> list[SlaPolicy]:
    """The policies in use, in the order in which they are asked."""
    return list(SlaPolicy.objects.filter(archived_at=None).select_related("hours").order_by("position", "id"))


def terms(
    policies: Collection[SlaPolicy],
    *,
    inbox_id: int,
    team_id: int | None,
    tag_ids: Collection[int],
    priority: int,
    at: datetime,
) -> Terms | None:
    """What the first of these policies that fits promises; None when nothing is promised."""
    marks: Mapping[str, Any] = {
        "inbox_id": inbox_id, "team_id": team_id, "tag_ids": tag_ids, "priority": priority,
    }  # fmt: skip
    found = next((policy for policy in policies if policy.fits(**marks)), None)
    return Terms(policy=found, time=hours.working_time(found.hours, at=at)) if found else None


@transaction.atomic
def save(*, policy: SlaPolicy, name: str, fields: Mapping[str, Any], by: User | None, at: datetime) -> SlaPolicy:
    """Make or change a policy; `fields` are its CONDITIONS and PROMISES. A new one is asked last.

    Raises NameTaken, NothingPromised; then nothing is changed.
    """
    if not any(fields.get(f"{kind}_minutes") for kind in TARGETS):
        raise NothingPromised
    is_new = policy.pk is None
    policy.name = name
    for field in (*CONDITIONS, *PROMISES):
        setattr(policy, field, fields[field])
    if is_new:
        last = SlaPolicy.objects.filter(archived_at=None).aggregate(last=Max("position"))["last"]
        policy.position, policy.created_at = (last or 0) + 1, at
    try:
        with transaction.atomic():
            policy.save()
    except IntegrityError as error:
        policy.pk = None if is_new else policy.pk
        raise NameTaken from error
    _record(policy, "policy.create" if is_new else "policy.change", by=by, at=at)
    return policy


@transaction.atomic
def move(*, policy: SlaPolicy, up: bool, by: User, at: datetime) -> None:
    """Ask this policy before (or after) its neighbour; at the end of the row nothing happens."""
    row = list(SlaPolicy.objects.select_for_update().filter(archived_at=None).order_by("position", "id"))
    place = next(number for number, one in enumerate(row) if one.pk == policy.pk)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(row):
        return
    row[place], row[other] = row[other], row[place]
    for number, one in enumerate(row, start=1):
        one.position = number
    SlaPolicy.objects.bulk_update(row, ["position"])
    _record(policy, "policy.move", by=by, at=at)


@transaction.atomic
def put_first(*, policy: SlaPolicy, by: User | None, at: datetime) -> None:
    """Ask this policy before all others: it is the narrowest."""
    row = list(SlaPolicy.objects.select_for_update().filter(archived_at=None).order_by("position", "id"))
    for number, one in enumerate(sorted(row, key=lambda one: one.pk != policy.pk), start=1):
        one.position = number
    SlaPolicy.objects.bulk_update(row, ["position"])
    _record(policy, "policy.move", by=by, at=at)


@transaction.atomic
def archive(*, policy: SlaPolicy, by: User, at: datetime) -> None:
    """Promise this no more. What was promised and kept stays written down."""
    if SlaPolicy.objects.filter(pk=policy.pk, archived_at=None).update(archived_at=at):
        _record(policy, "policy.archive", by=by, at=at)


def _record(policy: SlaPolicy, act: str, *, by: User | None, at: datetime) -> None:
    audit.record(by=by, at=at, act=act, kind="policy", id=policy.pk, name=policy.name)
