"""Who was asked, one by one: who answered, who did not, who still may. The rows behind the figures of who did not answer."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from muhatap.feedback import asking, silence, wording
from muhatap.feedback.models import Invitation, Survey
from muhatap.shared import clock
from muhatap.web.common import times
from muhatap.web.common.doors import needs
from muhatap.web.feedback import asked, one_by_one, words
from muhatap.web.feedback.asked import Asked


@require_GET
@needs("surveys.read")
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Those asked, the last first."""
    now, survey = clock.now(), get_object_or_404(Survey.objects.select_related("inbox"), pk=pk)
    wanted = asked.read(request, survey).among()
    found = silence.invitations(wanted.cut, at=now, side=wanted.side, age=wanted.age)
    rows = one_by_one.part(request, found.select_related("contact", "response"), "sent_at")
    takes_until = timedelta(days=survey.open_days) if asking.is_running(survey, at=now) else timedelta()
    page = one_by_one.shown(request, wanted, "invitations", found, rows)
    page["lines"] = [_line(one, survey, takes_until, now) for one in rows.rows]
    page["sides"] = _sides(wanted)
    return render(request, "feedback/invitations.html", page)


def _line(row: Invitation, survey: Survey, takes_until: timedelta, now: datetime) -> dict[str, Any]:
    response = getattr(row, "response", None)
    until = row.sent_at + takes_until if row.sent_at else now
    if response:
        came = wording.said(survey, response.score) or words.side(silence.ANSWERED)
    elif until > now:
        came = _("May still answer until %(day)s") % {"day": times.day(timezone.localtime(until).date())}
    else:
        came = words.side(silence.SILENT)
    return one_by_one.line(row, at=row.sent_at, said=came, is_quiet=response is None)


def _sides(wanted: Asked) -> list[tuple[str, str, bool]]:
    """All who were asked, and the sides; what only a rate rests on is offered where it is shown."""
    names = dict.fromkeys(["", silence.ANSWERED, silence.SILENT, silence.MAY_STILL, wanted.side])
    return [(words.side(name), wanted.among(side=name).url("invitations"), name == wanted.side) for name in names]
