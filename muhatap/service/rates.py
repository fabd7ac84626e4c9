"""What an hour costs: said for a team's role, a team, a role or anybody, from a day on; the nearest that holds counts."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from muhatap.accounts import audit
from muhatap.accounts.models import Membership, Team, User
from muhatap.service.models import Rate

MOST = Decimal(10) ** 7
PLACES = Decimal("0.0001")


class RateTaken(Exception):
    """This team, role and day have a rate; it is withdrawn first."""


class BadRate(Exception):
    """An amount below nothing, or more than anybody earns."""


@transaction.atomic
def say(
    *, team: Team | None, role: str, amount: Decimal, currency: str, valid_from: date, by: User, at: datetime
) -> Rate:
    """Say what an hour costs from a day on. What was counted before stays as it is. Raises RateTaken, BadRate."""
    if not 0 <= amount <= MOST:
        raise BadRate
    try:
        with transaction.atomic():
            rate = Rate.objects.create(
                team=team, role=role, amount=amount, currency=currency, valid_from=valid_from, by=by, created_at=at
            )
    except IntegrityError as error:
        raise RateTaken from error
    audit.record(by=by, at=at, act="rate.say", kind="rate", id=rate.pk, name=str(rate), team=team and str(team))
    return rate


@transaction.atomic
def withdraw(*, rate: Rate, by: User, at: datetime) -> None:
    """Count by it no more; what was counted by it stays."""
    if Rate.objects.filter(pk=rate.pk, withdrawn_at=None).update(withdrawn_at=at):
        audit.record(by=by, at=at, act="rate.withdraw", kind="rate", id=rate.pk, name=str(rate))


def standing() -> QuerySet[Rate]:
    """Those that hold or will hold, the newest first."""
    return Rate.objects.filter(withdrawn_at=None).order_by("-valid_from", "pk")


def of(*, user: User, team_id: int | None, on: date) -> Rate | None:
    """The rate of this person's hour on this day: of the team and role, the team, the role, or anybody's."""
    there = standing().filter(Q(team=None) | Q(team_id=team_id or 0), role__in=["", user.role], valid_from__lte=on)
    return nearest(there)


def nearest(rates: Iterable[Rate]) -> Rate | None:
    """The most particular; of two alike, the one that came into force later."""
    return max(rates, key=lambda rate: (rate.team_id is not None, bool(rate.role), rate.valid_from), default=None)


def team_of(user: User) -> int | None:
    """The team in whose name somebody works where nothing else says so."""
    return Membership.objects.filter(user=user).order_by("team_id").values_list("team_id", flat=True).first()


def worth(minutes: int, rate: Rate) -> Decimal:
    """So many minutes at this rate, to a hundredth of a cent."""
    return (rate.amount * minutes / 60).quantize(PLACES, ROUND_HALF_EVEN)
