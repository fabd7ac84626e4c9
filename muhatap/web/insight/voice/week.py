"""The week in the customers' words, as the letter tells it; earlier weeks stay readable."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from muhatap.insight import letters, weekly
from muhatap.shared import clock
from muhatap.understanding.themes import monday
from muhatap.web.common.charts import days_said
from muhatap.web.common.doors import needs, visitor
from muhatap.web.insight.voice import asking
from muhatap.web.insight.voice.around import around

ONE_WEEK = timedelta(weeks=1)


@needs("voice.read")
def show(request: HttpRequest) -> HttpResponse:
    """The last whole week, or the one that is asked for."""
    now = clock.now()
    last = monday(now) - ONE_WEEK
    week_on = min(_monday(request.GET.get("week", "")) or last, last + ONE_WEEK)
    week = weekly.of(visitor(request), week_on=week_on, at=now)
    root = reverse("voice:week")
    page = {
        "letter": letters.told(week),
        "is_empty": week.is_empty,
        "days": days_said(week.begins_on, week.ends_on),
        "before_url": f"{root}?week={week_on - ONE_WEEK}",
        "after_url": f"{root}?week={week_on + ONE_WEEK}" if week_on < last else "",
    }
    return render(request, "insight/voice/week.html", page | around(request, asking.read(request), "week"))


def _monday(text: str) -> date | None:
    try:
        on = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return on - timedelta(days=on.weekday()) if date(2000, 1, 3) <= on <= date(2200, 1, 1) else None
