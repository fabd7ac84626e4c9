"""What a survey came to: the figure with its interval, its scores, who answered and who did not; and the answers behind each number."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from muhatap.contacts.models import Tag
from muhatap.feedback import figures, following_up, logic, results, silence, wording
from muhatap.feedback.figures import Figure
from muhatap.feedback.models import Response, Survey
from muhatap.feedback.silence import Silence
from muhatap.insight.intervals import Span
from muhatap.shared import clock
from muhatap.web.common import charts, times, trends
from muhatap.web.common.doors import needs, visitor
from muhatap.web.common.reading import number
from muhatap.web.common.trends import Trend
from muhatap.web.feedback import asked, exporting, tables, words
from muhatap.web.feedback.asked import Asked

PAGE = 50
BOUNDS = {"nps": (-100, 100), "csat": (0, 1)}  # of the figure; of a mean those of its scores


@require_GET
@needs("surveys.read")
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The results page."""
    survey = get_object_or_404(Survey.objects.select_related("inbox"), pk=pk)
    wanted = asked.read(request, survey)
    cut, counted = wanted.cut, results.counts(results.rows(wanted.cut))
    found, quiet = figures.of(survey.kind, counted), silence.of(cut, at=clock.now())
    page = {
        "survey": survey,
        "wanted": wanted,
        "sentence": _sentence(survey, found, quiet),
        "said": charts.days_said(cut.start, cut.end),
        "cards": _cards(wanted, found, quiet),
        "chart": _over_time(wanted) if survey.has_score else None,
        "tables": [one for one in tables.of(wanted, counted) if one.rows],
        "silence": [one for one in tables.of_silence(wanted, quiet) if one.rows],
        "not_asked": tables.of_not_asked(wanted),
        "warnings": _warnings(quiet),
        "n_responses": results.rows(cut).count(),
        "periods": _periods(wanted),
        "narrowed": narrowed(wanted, "results"),
        "views": words.views("surveys:list", visitor(request)),
    }
    return render(request, "feedback/results.html", page)


@require_GET
@needs("surveys.read")
def answers(request: HttpRequest, pk: int) -> HttpResponse:
    """The answers behind a number, newest first."""
    survey = get_object_or_404(Survey.objects.select_related("inbox"), pk=pk)
    wanted = asked.read(request, survey)
    start = number(request.GET.get("after")) or 0
    found = results.rows(wanted.cut)
    some = list(exporting.whole(found).order_by("-at", "-pk")[start : start + PAGE + 1])
    page = {
        "survey": survey,
        "wanted": wanted,
        "said": charts.days_said(wanted.cut.start, wanted.cut.end),
        "n": words.n_answers(found.count()),
        "lines": [_line(one, clock.now()) for one in some[:PAGE]],
        "next_url": wanted.url("answers", after=str(start + PAGE)) if len(some) > PAGE else "",
        "csv_url": wanted.url("export", table="answers"),
        "narrowed": narrowed(wanted, "answers"),
        "sides": _words(wanted) if wanted.cut.word else [],
        "views": words.views("surveys:list", visitor(request)),
    }
    return render(request, "feedback/answers.html", page)


def narrowed(wanted: Asked, name: str) -> list[tuple[str, str]]:
    """What the answers are narrowed to, and the address without it."""
    cut = wanted.cut
    found = []
    if cut.way:
        found.append((words.way(cut.way), wanted.but(way="").url(name)))
    if cut.tag:
        tag = Tag.objects.filter(pk=cut.tag).first()
        found.append((_("Tag: %(tag)s") % {"tag": tag or "–"}, wanted.but(tag=None).url(name)))
    if cut.score is not None:
        found.append((_("Score: %(score)s") % {"score": cut.score}, wanted.but(score=None).url(name)))
    if cut.question:
        asked_for = next((one for one in logic.questions(cut.survey) if one.pk == cut.question), None)
        options = wording.options(asked_for) if asked_for else {}
        question = wording.asked(asked_for) if asked_for else "–"
        answer = options.get(cut.option, cut.option) or _("answered")
        said = f"{question}: {answer}"
        found.append((said, wanted.but(question=None, option="").url(name)))
    if cut.word:
        found.append((words.of_word(cut.word), wanted.but(word="").url(name)))
    if wanted.age and name == "invitations":
        found.append((words.age(wanted.age), wanted.among(age="").url(name)))
    return found


def _words(wanted: Asked) -> list[tuple[str, str, bool]]:
    """Whom we owed a word: all of them, who waits, who had one, whose matter is solved."""
    every = following_up.WORDS
    return [(words.of_word(key), wanted.but(word=key).url("answers"), key == wanted.cut.word) for key in every]


def _sentence(survey: Survey, found: Figure, quiet: Silence) -> str:
    if not found.n and not survey.has_score:
        return str(survey)
    if not found.n:
        return _("Nobody has answered in these days.")
    told = {"name": words.figure_name(survey.kind), "value": words.value(survey.kind, found.value)}
    told |= {"range": words.interval(survey.kind, found), "n": words.n_answers(found.n)}
    said = _("%(name)s is %(value)s, probably %(range)s, from %(n)s") % told
    if not told["range"]:
        said = _("%(name)s is %(value)s, from %(n)s") % told
    return f"{said}."


def _cards(wanted: Asked, found: Figure, quiet: Silence) -> list[dict[str, str]]:
    survey = wanted.cut.survey
    loop = following_up.loop(results.rows(wanted.cut))
    cards = []
    if survey.has_score:
        cards.append(
            {
                "label": words.figure_name(survey.kind),
                "value": words.value(survey.kind, found.value),
                "under": words.interval(survey.kind, found),
                "sentence": words.figure_meaning(survey.kind),
                "url": wanted.url("answers"),
            }
        )
    cards.append(
        {
            "label": _("Answers"),
            "value": times.count(results.rows(wanted.cut).count()),
            "under": "",
            "sentence": _("Given in these days, by every way."),
            "url": wanted.url("answers"),
        }
    )
    if quiet.n_asked:
        cards.append(
            {
                "label": _("Answered when asked"),
                "value": tables.share(quiet.n_answered, quiet.n_settled),
                "under": words.interval(Survey.Kind.CSAT, quiet.rate),
                "sentence": _of_whom(quiet),
                "url": wanted.among(side=silence.SETTLED).url("invitations"),
            }
        )
    if loop.n_owed:
        under = _("%(n)s solved") % {"n": loop.n_solved}
        if loop.days_to_word is not None:
            days = times.decimal(loop.days_to_word)
            under = _("%(days)s days in the middle, %(n)s solved") % {"days": days, "n": loop.n_solved}
        cards.append(
            {
                "label": _("Had a word from us"),
                "value": _("%(n)s of %(m)s") % {"n": loop.n_called, "m": loop.n_owed},
                "under": under,
                "sentence": _("Who scored %(score)s or less, and was called or written to since.")
                % {"score": survey.low_up_to},
                "url": wanted.but(word="owed").url("answers"),
            }
        )
    return cards


def _of_whom(quiet: Silence) -> str:
    """Whom the rate is of, and who may still come to it; of either nothing where there is nobody."""
    n, more, said = quiet.n_settled, quiet.n_may_still, []
    if n:
        of = ngettext(
            "Of %(n)s who was asked by mail or chat in these days.",
            "Of %(n)s who were asked by mail or chat in these days.",
            n,
        )
        said.append(of % {"n": times.count(n)})
    if more:
        still = ngettext(
            "%(n)s more may still answer and is not counted.",
            "%(n)s more may still answer and are not counted.",
            more,
        )
        said.append(still % {"n": times.count(more)})
    return " ".join(said)


def _over_time(wanted: Asked) -> Trend:
    """The figure of the survey with its interval: a turn of few answers is none."""
    survey, over, days = wanted.cut.survey, charts.spans(wanted.cut), results.by_day(wanted.cut)
    return trends.draw(
        name="score",
        title=words.figure_name(survey.kind),
        text=words.figure_meaning(survey.kind),
        over=over,
        found=[_span(figures.of(survey.kind, results.within(days, *span))) for span in over],
        bounds=BOUNDS.get(survey.kind) or survey.range,
        written=lambda span: words.value(survey.kind, span.value),
        between=lambda span: words.interval(survey.kind, Figure(low=span.low, high=span.high)),
        bound=lambda value: words.value(survey.kind, value),
        counted=words.n_answers,
        url=lambda span: wanted.but(start=span[0], end=span[1]).url("answers"),
        csv_url=wanted.url("export", table="period"),
    )


def _span(found: Figure) -> Span:
    return Span(value=found.value, n=found.n, low=found.low, high=found.high)


def _warnings(quiet: Silence) -> list[str]:
    said: dict[str, Callable[[str], str]] = {"way": words.way, "tag": str, "age": words.age}
    return [
        _(
            "%(group)s: %(loud)s of who answered, %(quiet)s of who did not. The figures speak more for some than for others."
        )
        % {
            "group": said[name](group.name),
            "loud": tables.percent(group.share_of_answers),
            "quiet": tables.percent(group.share_of_silence),
        }
        for name, group in quiet.notable
    ]


def _periods(wanted: Asked) -> list[tuple[str, str, bool]]:
    today = timezone.localtime(clock.now()).date()
    spans = [(n, today - timedelta(days=n - 1)) for n in asked.PERIODS]
    here = (wanted.cut.start, wanted.cut.end)
    return [
        (_("Last %(n)s days") % {"n": n}, wanted.but(start=start, end=today).url(), here == (start, today))
        for n, start in spans
    ]


def _line(response: Response, now: datetime) -> dict[str, Any]:
    follow_up = getattr(response, "follow_up", None)
    invitation = response.invitation
    return {
        "who": str(response.contact) if response.contact else _("Somebody we do not know"),
        "contact_url": reverse("contacts:page", args=[response.contact_id]) if response.contact_id else "",
        "thread_url": reverse("inbox:conversation", args=[invitation.conversation_id])
        if invitation and invitation.conversation_id
        else "",
        "score": wording.said(response.survey, response.score) if response.survey else "",
        "comment": response.comment,
        "language": response.language,
        "answers": [(wording.asked(one.question), exporting.said(one)) for one in response.answers.all()],
        "way": words.way(response.way),
        "at": response.at,
        "is_changed": response.changed_at is not None,
        "waits": words.waits(follow_up),
        "called": words.called(follow_up, now) if follow_up else "",
        "solved": words.solved(follow_up, now) if follow_up else "",
    }
