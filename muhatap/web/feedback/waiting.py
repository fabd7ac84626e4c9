"""Who still waits for a word from us after a low score; who had one, and whose matter is not solved yet. Answers of people we
do not know wait among them until somebody has looked at them."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from muhatap.accounts.permissions import may
from muhatap.feedback import following_up, wording
from muhatap.feedback.models import FollowUp
from muhatap.flow import closing_the_loop
from muhatap.notices import telling
from muhatap.shared import clock
from muhatap.web.common import times
from muhatap.web.common.doors import needs, visitor
from muhatap.web.common.links import link
from muhatap.web.common.reading import words as words_of
from muhatap.web.feedback import words

MOST = 200


@require_GET
@needs("surveys.follow_up")
def show(request: HttpRequest) -> HttpResponse:
    user, now = visitor(request), clock.now()
    seen = closing_the_loop.visible_to(user).values("pk")
    waiting, standing = following_up.waiting().filter(pk__in=seen), following_up.open_ones().filter(pk__in=seen)
    telling.see_answers(user=user, at=now)
    reads = may(user, "surveys.read")
    page = {
        "sentence": _sentence(waiting),
        "waiting": [_line(one, now, reads=reads) for one in waiting[:MOST]],
        "standing": [_line(one, now, reads=reads) for one in standing[:MOST]],
        "views": words.views("surveys:waiting", user),
    }
    return render(request, "feedback/waiting.html", page)


@require_POST
@needs("surveys.follow_up")
def mark(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody spoke to them, their matter is solved, or neither after all."""
    user, at = visitor(request), clock.now()
    row = get_object_or_404(closing_the_loop.visible_to(user).select_related("response__contact"), pk=pk)
    act = request.POST.get("act", "")
    if act == "called":
        note = words_of(request.POST.get("note"), 500)
        following_up.called(follow_up=row, note=note, by=user, at=at)
        is_over = row.is_of_nobody
        messages.success(request, _("Noted.") if is_over else _("Noted. Say when their matter is solved."))
    elif act == "solved":
        try:
            following_up.solved(follow_up=row, by=user, at=at)
        except following_up.NotCalledYet:
            messages.warning(request, _("Somebody has to speak to them first."))
    elif act == "undo":
        following_up.undo(follow_up=row, by=user, at=at)
    return redirect("surveys:waiting")


def _sentence(waiting: QuerySet[FollowUp]) -> str:
    of_nobody = waiting.filter(response__contact=None).count()
    n, said = waiting.count() - of_nobody, []
    if n:
        said.append(_("%(n)s still wait for a word from us.") % {"n": times.count(n)})
    if of_nobody:
        told = ngettext(
            "%(n)s low score of somebody we do not know waits to be looked at.",
            "%(n)s low scores of people we do not know wait to be looked at.",
            of_nobody,
        )
        said.append(told % {"n": times.count(of_nobody)})
    return " ".join(said) or _("Everybody who gave a low score has had a word from us.")


def _line(row: FollowUp, now: datetime, *, reads: bool) -> dict[str, Any]:
    response = row.response
    contact, survey = response.contact, response.survey
    return {
        "row": row,
        "who": str(contact or _("Somebody we do not know")),
        "contact_url": link("contacts:page", response.contact_id) if response.contact_id else "",
        "told": wording.told(response),
        "survey": str(survey or ""),
        "results_url": link("surveys:answers", response.survey_id) if reads and response.survey_id else "",
        "comment": response.comment,
        "language": response.language,
        "since": times.span(now - row.owed_at),
        "called": words.called(row, now),
        "note": row.note,
        "case_url": link("cases:one", row.case_number) if row.case_number else "",
    }
