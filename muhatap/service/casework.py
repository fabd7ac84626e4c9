"""Which cases stand, come due, repeat another. Questions only; acts are in cases."""

from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from muhatap.service.cases import STANDING
from muhatap.service.models import Case, Cause, Cost

State = Case.State
REPEATS_WITHIN = timedelta(days=180)


def states(at: datetime) -> dict[str, Q]:
    """What a list or a figure can ask for, each as a condition."""
    standing = Q(state__in=STANDING)
    return {
        "standing": standing,
        "overdue": standing & Q(due_at__lte=at),
        "waiting": Q(state=State.WAITING),
        "reopened": Q(state=State.REOPENED),
        "nobodys": standing & Q(owner=None),
        "resolved": Q(state=State.RESOLVED),
        "closed": Q(state=State.CLOSED),
        "repeated": Q(former__isnull=False),
        "ended": Q(ended_at__isnull=False),
        "in_time": Q(ended_at__lte=F("due_at")),
        "late": Q(ended_at__gt=F("due_at")) | standing & Q(due_at__lte=at),
        "timed": Q(_time()),
        "untimed": ~Q(_time()),
        "all": Q(),
    }


def _time() -> Exists:
    """Time was written down for it, and not taken back."""
    return Exists(Cost.objects.filter(case=OuterRef("pk"), minutes__gt=0, reversed_by=None))


def to_remind(*, at: datetime) -> QuerySet[Case]:
    """Standing cases whose moment comes close, of which nobody was told yet."""
    near = Case.objects.filter(state__in=STANDING, reminded_at=None, remind_at__lte=at, due_at__gt=at)
    return near.order_by("remind_at")


def to_miss(*, at: datetime) -> QuerySet[Case]:
    """Standing cases whose moment is over, of which nobody was told yet."""
    return Case.objects.filter(state__in=STANDING, missed_at=None, due_at__lte=at).order_by("due_at")


def mark(case: Case, *, field: str, at: datetime) -> bool:
    """Remember that it was told; False when somebody else told, or it ended meanwhile."""
    return bool(Case.objects.filter(pk=case.pk, state__in=STANDING, **{field: None}).update(**{field: at}))


def likely_former(case: Case) -> QuerySet[Case]:
    """What it may repeat: cases of the same contact with the same cause, opened half a year before at most."""
    if case.cause_id is None or case.former_id:
        return Case.objects.none()
    since = case.opened_at - REPEATS_WITHIN
    rows = Case.objects.filter(contact_id=case.contact_id, cause_id=case.cause_id, opened_at__gte=since, pk__lt=case.pk)
    return rows.order_by("-opened_at", "-pk")


def under(cause: Cause) -> list[int]:
    """The numbers of a cause and of everything under it, archived or not."""
    found, level = [cause.pk], [cause.pk]
    while level:
        level = list(Cause.objects.filter(parent_id__in=level).exclude(pk__in=found).values_list("pk", flat=True))
        found += level
    return found
