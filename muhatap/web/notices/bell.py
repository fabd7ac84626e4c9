"""What wants the reader: the page, the news a page asks for, and saying that all is seen."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from muhatap.accounts.models import User
from muhatap.notices import resting, telling, words
from muhatap.notices.models import Notice, Way
from muhatap.shared import clock
from muhatap.web.common import reading, times
from muhatap.web.common.doors import needs, visitor
from muhatap.web.common.templatetags.ui import initials


@needs("account.own")
def page(request: HttpRequest) -> HttpResponse:
    """Everything told lately, one line a conversation or thing."""
    now = clock.now()
    lines = [_line(told, now) for told in telling.grouped(visitor(request))]
    return render(request, "notices/page.html", {"lines": lines, "n_unseen": sum(1 for line in lines if line["n"])})


@require_POST
@needs("account.own")
def see_all(request: HttpRequest) -> HttpResponse:
    telling.see_all(user=visitor(request), at=clock.now())
    return redirect("notices:list")


@needs("account.own")
def news(request: HttpRequest) -> HttpResponse:
    """How much is unseen, and what came after what the page knows."""
    user, now = visitor(request), clock.now()
    after = reading.number(request.GET.get("after")) or 0
    found = telling.news(user, after=after)
    return JsonResponse(
        {
            "n": telling.n_unseen(user),
            "last": max([after, *(notice.pk for notice in found)]),
            "news": [_news(notice, user, now) for notice in found],
        }
    )


def _line(told: telling.Told, now: datetime) -> dict[str, object]:
    said = words.said(told.notice)
    at = told.notice.message.recorded_at if told.notice.message else told.notice.at
    return {
        "id": told.notice.pk,
        "title": said.title,
        "text": said.text,
        "initials": initials(said.title) if told.notice.message or told.notice.case or told.notice.promise else "",
        "icon": _icon(told.notice),
        "n": told.n_unseen,
        "time": times.short(at, now),
        "time_iso": at.isoformat(),
        "url": words.path(told.notice),
    }


def _icon(notice: Notice) -> str:
    if notice.week:
        return "trending-up"
    return "smile" if notice.response_id else "shield-alert"


def _news(notice: Notice, user: User, now: datetime) -> dict[str, object]:
    said = words.said(notice)
    rings = Way.BROWSER in notice.ways and not resting.rests(user, at=now, kind=notice.kind)
    return {
        "id": notice.pk,
        "about": notice.about,
        "conversation": notice.message.conversation_id if notice.message else None,
        "title": said.title,
        "text": said.text,
        "url": words.path(notice),
        "in_browser": rings,
    }
