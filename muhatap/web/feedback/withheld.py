"""Whom a survey was to ask and did not, one by one, with the reason. The rows behind the figures of who was not asked."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from muhatap.feedback import not_asked
from muhatap.feedback.models import Survey
from muhatap.web.common.doors import needs
from muhatap.web.feedback import asked, one_by_one, words
from muhatap.web.feedback.asked import Asked


@require_GET
@needs("surveys.read")
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Those not asked, the last first."""
    survey = get_object_or_404(Survey.objects.select_related("inbox"), pk=pk)
    wanted = asked.read(request, survey).among()
    found = not_asked.invitations(wanted.cut, why=wanted.why)
    rows = one_by_one.part(request, found.select_related("contact"), "withdrawn_at")
    page = one_by_one.shown(request, wanted, "not_asked", found, rows)
    page["lines"] = [one_by_one.line(one, at=one.withdrawn_at, said=words.why(one.why, survey)) for one in rows.rows]
    page["sides"] = _reasons(wanted)
    return render(request, "feedback/not_asked.html", page)


def _reasons(wanted: Asked) -> list[tuple[str, str, bool]]:
    """All who were not asked, and the reasons there are in these days."""
    survey = wanted.cut.survey
    keys = dict.fromkeys([*not_asked.counts(wanted.cut), *([wanted.why] if wanted.why else [])])
    said = {"": words.all_not_asked()} | {key: words.why(key, survey) for key in keys}
    return [(text, wanted.among(why=key).url("not_asked"), key == wanted.why) for key, text in said.items()]
