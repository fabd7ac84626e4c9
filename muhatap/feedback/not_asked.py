"""Whom a survey was to ask and did not ask after all: when that was seen, and why."""

from datetime import timedelta

from django.db.models import Count, QuerySet

from muhatap.feedback import results
from muhatap.feedback.models import Invitation
from muhatap.feedback.results import Cut

UNKNOWN = "unknown"  # of before reasons were noted
REASONS = (*Invitation.Why.values, UNKNOWN)


def invitations(cut: Cut, *, why: str = "") -> QuerySet[Invitation]:
    """The invitations that were withdrawn in these days; of them those for one of REASONS."""
    since, until = results.moment(cut.start), results.moment(cut.end + timedelta(days=1))
    found = Invitation.objects.filter(survey=cut.survey, withdrawn_at__gte=since, withdrawn_at__lt=until)
    if cut.way:
        found = found.filter(way=cut.way)
    if cut.tag:
        found = found.filter(contact__tags=cut.tag)
    return found.filter(why="" if why == UNKNOWN else why) if why else found


def counts(cut: Cut) -> dict[str, int]:
    """How many for each reason, the most frequent first."""
    told = invitations(cut).order_by().values_list("why").annotate(n=Count("pk"))
    return {why or UNKNOWN: n for why, n in sorted(told, key=lambda one: (-one[1], one[0]))}
