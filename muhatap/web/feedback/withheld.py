"""Whom a survey was to ask and did not, one by one, with the reason. The rows behind the figures of who was not asked."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from muhatap.contacts import paging
from muhatap.contacts.paging import Cursor
from muhatap.feedback import not_asked
from muhatap.feedback.models import Invitation, Survey
from muhatap.web.common import charts, times
from muhatap.web.common.display import Pages
from muhatap.web.common.doors import needs, visitor
from muhatap.web.feedback import asked, results, words
from muhatap.web.feedback.asked import Asked


@require_GET
@needs("surveys.read")
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Those not asked, the last first."""
    survey = get_object_or_404(Survey.objects.select_related("inbox"), pk=pk)
    wanted = asked.read(request, survey).among()
    found = not_asked.invitations(wanted.cut, why=wanted.why)
    part = paging.by_key(
        found.select_related("contact"),
        "withdrawn_at",
        is_down=True,
        cursor=Cursor.read(request.GET.get("at", "")),
    )
    page = {
        "survey": survey,
        "wanted": wanted,
        "n": times.count(found.count()),
        "said": charts.days_said(wanted.cut.start, wanted.cut.end),
        "lines": [_line(one, survey) for one in part.rows],
        "pages": Pages(previous_url=_at(wanted, part.previous), next_url=_at(wanted, part.next)),
        "sides": _reasons(wanted),
        "narrowed": results.narrowed(wanted, "not_asked"),
        "views": words.views("surveys:list", visitor(request)),
    }
    return render(request, "feedback/not_asked.html", page)


def _line(row: Invitation, survey: Survey) -> dict[str, Any]:
    return {
        "who": str(row.contact),
        "contact_url": reverse("contacts:page", args=[row.contact_id]),
        "thread_url": reverse("inbox:conversation", args=[row.conversation_id]) if row.conversation_id else "",
        "way": words.way(row.way),
        "at": row.withdrawn_at,
        "why": words.why(row.why, survey),
    }


def _reasons(wanted: Asked) -> list[tuple[str, str, bool]]:
    """All who were not asked, and the reasons there are in these days."""
    survey = wanted.cut.survey
    keys = dict.fromkeys([*not_asked.counts(wanted.cut), *([wanted.why] if wanted.why else [])])
    said = {"": words.all_not_asked()} | {key: words.why(key, survey) for key in keys}
    return [(text, wanted.among(why=key).url("not_asked"), key == wanted.why) for key, text in said.items()]


def _at(wanted: Asked, cursor: Cursor | None) -> str:
    return wanted.url("not_asked", at=cursor.token()) if cursor else ""
