"""The results of a survey as files: a table, or the answers themselves; and how one answer is written out."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from muhatap.accounts import audit
from muhatap.contacts.exporting import harmless
from muhatap.feedback import figures, logic, results, silence, wording
from muhatap.feedback.models import Answer, Survey
from muhatap.shared import clock
from muhatap.web.common import charts, spreadsheets
from muhatap.web.common.doors import needs, visitor
from muhatap.web.feedback import asked, tables, words
from muhatap.web.feedback.asked import Asked

AT_ONCE = 500


@require_GET
@needs("surveys.read")
def export(request: HttpRequest, pk: int) -> Any:  # a stream, which Django does not count among its HttpResponses
    """A table as a file, or the answers themselves; no cell runs as a formula."""
    survey = get_object_or_404(Survey, pk=pk)
    wanted, table, now = asked.read(request, survey), request.GET.get("table", ""), clock.now()
    lines = _all(wanted) if table == "answers" else _of_table(wanted, table)
    audit.record(by=visitor(request), at=now, act="survey.exported", kind="survey", id=survey.pk, name=str(survey))
    rows = ([harmless(cell) for cell in row] for row in lines)
    name = f"survey-{survey.pk}-{timezone.localtime(now):%Y-%m-%d}"
    return spreadsheets.answer(rows, name=name, is_xlsx=request.GET.get("as") == "xlsx")


def _of_table(wanted: Asked, name: str) -> Iterator[list[str]]:
    if name == "period":
        yield from _period(wanted)
        return
    every = [
        *tables.of(wanted, results.counts(results.rows(wanted.cut))),
        *tables.of_silence(wanted, silence.of(wanted.cut, at=clock.now())),
        tables.of_not_asked(wanted),
    ]
    found = next((one for one in every if one.name == name), None)
    if found:
        yield list(found.heads)
        for row in found.rows:
            yield [row.name, *(text for text, _url in row.cells)]


def _period(wanted: Asked) -> Iterator[list[str]]:
    kind, days = wanted.cut.survey.kind, results.by_day(wanted.cut)
    yield [_("From day"), _("To day"), words.figure_name(kind), _("Probably between"), _("Answers")]
    for start, end in charts.spans(wanted.cut):
        found = figures.of(kind, results.within(days, start, end))
        yield [str(start), str(end), words.value(kind, found.value), words.interval(kind, found), str(found.n)]


def _all(wanted: Asked) -> Iterator[list[str]]:
    questions = logic.questions(wanted.cut.survey)
    yield [
        _("Number"), _("At"), _("Contact"), _("Way"), _("Language"), _("Score"), _("Comment"),
        *(wording.asked(one) for one in questions),
    ]  # fmt: skip
    for response in whole(results.rows(wanted.cut)).order_by("at", "pk").iterator(chunk_size=AT_ONCE):
        given = {one.question_id: said(one) for one in response.answers.all()}
        yield [
            str(response.pk),
            f"{timezone.localtime(response.at):%Y-%m-%d %H:%M}",
            str(response.contact or ""),
            words.way(response.way),
            response.language,
            "" if response.score is None else str(response.score),
            response.comment,
            *(given.get(one.pk, "") for one in questions),
        ]


def whole(found: Any) -> Any:
    """Answers with all that is told of them, fetched at once."""
    return found.select_related("contact", "survey", "follow_up__called_by", "invitation").prefetch_related(
        "answers__question"
    )


def said(answer: Answer) -> str:
    """What was answered to one further question, in words."""
    if answer.chosen:
        names = wording.options(answer.question)
        return ", ".join(names.get(key, key) for key in answer.chosen)
    return answer.words or ("" if answer.number is None else str(answer.number))
