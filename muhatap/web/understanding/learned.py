"""What Muhatap has learned: what is used and why, what is not and why not, how reading drifts; reading what is older."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from muhatap.accounts.permissions import may
from muhatap.flow import understanding
from muhatap.reading import learning as pure
from muhatap.reading import model
from muhatap.shared import clock
from muhatap.understanding import catching_up, drift, knowing, learning
from muhatap.understanding.behind import CORRECTED, HELD_BACK, UNSURE, UNTOUCHED
from muhatap.understanding.drift import Week
from muhatap.understanding.models import LearnedModel, Reading
from muhatap.web.common import times
from muhatap.web.common.display import Work
from muhatap.web.common.doors import needs, visitor
from muhatap.web.understanding import differing, words
from muhatap.web.understanding.behind import Asked, linked
from muhatap.web.understanding.words import ABOUT, CAME_OF_IT, FORGOTTEN, FORGOTTEN_BEFORE

SHOWN = 12


@needs("insight.read")
def show(request: HttpRequest) -> HttpResponse:
    now, used = clock.now(), knowing.used()
    rows = LearnedModel.objects.light().listed().order_by("-id")
    n_said = {about: learning.standing(about).count() for about in knowing.ABOUT}
    page = {
        "fields": [_field(about, used, n_said[about]) for about in knowing.ABOUT],
        "history": [_fit(row) for row in rows[:SHOWN]],
        "weeks": [_week(one) for one in drift.weeks(at=now)],
        "differs": differing.told(at=now),
        "kinds": [str(label) for _code, label in Reading.Kind.choices],
        "model": model.version(),
        "n_corrections": sum(n_said.values()),
        "n_missing": catching_up.missing().count(),
        "work": _work(),
        "may_edit": may(visitor(request), "understanding.edit"),
    }
    return render(request, "understanding/learned.html", page)


@require_POST
@needs("understanding.edit")
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    learned = get_object_or_404(LearnedModel.objects.light(), pk=pk)
    try:
        learning.take_back(learned=learned, by=visitor(request), at=clock.now())
    except learning.NotUsed:
        messages.info(request, _("It is not used any more."))
    else:
        messages.success(request, _("Taken back. What was used before it reads from now on."))
    return redirect("understanding:learned")


@require_POST
@needs("understanding.edit")
def refit(request: HttpRequest) -> HttpResponse:
    """Not waiting for the night."""
    understanding.learn_soon()
    messages.success(request, _("Muhatap is learning. Look again in a minute."))
    return redirect("understanding:learned")


@require_POST
@needs("understanding.edit")
def read_older(request: HttpRequest) -> HttpResponse:
    try:
        catching_up.begin(by=visitor(request), at=clock.now())
    except catching_up.AtWork:
        messages.info(request, _("Older messages are being read already."))
    return redirect("understanding:learned")


@require_POST
@needs("understanding.edit")
def stop(request: HttpRequest) -> HttpResponse:
    catching_up.stop(by=visitor(request), at=clock.now())
    return render(request, "understanding/_older.html", {"work": _work()})


@needs("insight.read")
def progress(request: HttpRequest) -> HttpResponse:
    return render(request, "understanding/_older.html", {"work": _work()})


def _field(about: str, used: dict[str, int], n: int) -> dict[str, Any]:
    """What stands for one field: the layer in use, or why there is none."""
    standing = LearnedModel.objects.light().listed().filter(pk=used.get(about, 0)).first()
    return {
        "name": ABOUT[about],
        "told": _("Corrections are used.") if standing else _why_none(about),
        "n": linked(
            ngettext("%(n)s correction", "%(n)s corrections", n) % {"n": times.count(n)}, Asked(field=about), n=n
        ),
        "standing": _fit(standing) if standing else None,
    }


def _why_none(about: str) -> str:
    rows = LearnedModel.objects.light().filter(about=about).order_by("-id")
    last, used = rows.first(), rows.filter(is_used=True, undone_at=None).first()
    if last is None:
        return _("Nothing is learned yet.")
    if used is not None and used.forgotten_at:
        return str(FORGOTTEN) if last == used else f"{_why_not(last)} {FORGOTTEN_BEFORE}"
    return _why_not(last)


def _why_not(last: LearnedModel) -> str:
    if last.undone_at is not None:
        return _("Not used: somebody took it back.")
    if last.is_used:
        return _("Not used: it was learned on the model before. By tomorrow it is learned anew.")
    return str(CAME_OF_IT[last.why])


def _fit(row: LearnedModel) -> dict[str, Any]:
    return {
        "pk": row.pk,
        "name": ABOUT[row.about],
        "at": times.full(row.fitted_at),
        "n": _behind(row, row.n_corrections, row.n_said, CORRECTED),
        "n_held_back": _behind(row, row.n_held_back, row.n_judged, HELD_BACK),
        "before": times.percent(row.before) if row.n_held_back else "–",
        "after": times.percent(row.after) if row.n_held_back else "–",
        "fell": _fell(row),
        "why": _("Taken back.") if row.undone_at else FORGOTTEN if row.forgotten_at else CAME_OF_IT[row.why],
    }


def _behind(row: LearnedModel, n: int, n_known: int, only: str) -> SafeString | str:
    """A figure that leads to its messages, while it is known which they are."""
    if not n_known:
        return times.count(n)
    return format_html(
        '<a class="link" href="{}?only={}">{}</a>',
        reverse("understanding:learned_from", args=[row.pk]),
        only,
        times.count(n),
    )


def _fell(row: LearnedModel) -> list[str]:
    """Answers that fewer held-back messages were read right of than without it."""
    fell = pure.fallen({code: (int(n), before, after) for code, (n, before, after) in row.figures.items()})
    names = words.names(row.about) if fell else {}
    told = []
    for code in fell:
        n, before, after = row.figures[code]
        count = {"now": times.count(round(after * n)), "n": times.count(n), "before": times.count(round(before * n))}
        told.append(
            _("%(answer)s: %(now)s of %(n)s, without it %(before)s") % {"answer": names.get(code, code), **count}
        )
    return told


def _week(one: Week) -> dict[str, Any]:
    """Its figures, each leading to its messages."""
    asked = Asked(week=one.begins_on)
    return {
        "on": times.day(one.begins_on),
        "n": linked(times.count(one.n_read), asked),
        "shares": [
            linked(times.percent(one.shares[kind]), asked.but(kind=kind), n=one.shares[kind])
            for kind in Reading.Kind.values
        ],
        "confidence": linked(times.percent(one.confidence), asked.but(only=UNTOUCHED))
        if one.confidence is not None
        else "–",
        "unsure": linked(times.percent(one.unsure), asked.but(only=UNSURE), n=one.unsure),
        "corrected": linked(times.count(round(one.corrected_of_100)), asked.but(only=CORRECTED), n=one.n_corrected),
    }


def _work() -> Work | None:
    row = catching_up.newest()
    if row is None:
        return None
    n = {"n": times.count(row.n_read), "failed": times.count(row.n_failed)}
    said = _("%(n)s read so far") % n if row.ended_at is None else _("%(n)s read") % n
    return Work(
        name=_("Reading older messages"),
        done=row.n_looked,
        total=max(row.n_all, row.n_looked, 1),
        figures=f"{times.count(row.n_looked)} / {times.count(max(row.n_all, row.n_looked))}",
        said=_("%(n)s read, %(failed)s could not be read") % n if row.n_failed else said,
        stop_url=reverse("understanding:stop_reading"),
        is_over=row.ended_at is not None,
    )
