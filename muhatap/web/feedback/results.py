"""What a survey came to: the figure with its interval, its scores, who answered and who did not; and the answers behind each number."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from muhatap.accounts import audit
from muhatap.contacts.exporting import harmless
from muhatap.contacts.models import Tag
from muhatap.feedback import figures, following_up, logic, results, silence, wording
from muhatap.feedback.figures import Counts, Figure
from muhatap.feedback.models import Answer, Response, Survey
from muhatap.feedback.silence import Group, Silence
from muhatap.shared import clock
from muhatap.web.common import charts, spreadsheets, times
from muhatap.web.common.doors import needs, visitor
from muhatap.web.common.reading import number
from muhatap.web.feedback import asked, words
from muhatap.web.feedback.asked import Asked

PAGE = 50
AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a table: a name, cells of words and address, and the share its bar shows."""

    name: str
    cells: tuple[tuple[str, str], ...]
    share: float = 0.0
    is_notable: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    name: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    csv_url: str
    text: str = ""
    has_bars: bool = False


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
        "tables": [one for one in _tables(wanted, counted) if one.rows],
        "silence": [one for one in _silence(wanted, quiet) if one.rows],
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
    some = list(_whole(found).order_by("-at", "-pk")[start : start + PAGE + 1])
    page = {
        "survey": survey,
        "wanted": wanted,
        "said": charts.days_said(wanted.cut.start, wanted.cut.end),
        "n": words.n_answers(found.count()),
        "lines": [_line(one) for one in some[:PAGE]],
        "next_url": wanted.url("answers", after=str(start + PAGE)) if len(some) > PAGE else "",
        "csv_url": wanted.url("export", table="answers"),
        "narrowed": narrowed(wanted, "answers"),
        "views": words.views("surveys:list", visitor(request)),
    }
    return render(request, "feedback/answers.html", page)


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
        said = (
            f"{wording.asked(asked_for) if asked_for else '–'}: {options.get(cut.option, cut.option) or _('answered')}"
        )
        found.append((said, wanted.but(question=None, option="").url(name)))
    return found


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
                "value": _share(quiet.n_answered, quiet.n_settled),
                "under": words.interval(Survey.Kind.CSAT, quiet.rate),
                "sentence": _(
                    "Of %(n)s who were asked by mail or chat in these days; %(m)s more may still answer and are not counted."
                )
                % {"n": times.count(quiet.n_settled), "m": times.count(quiet.n_may_still)},
                "url": "#silence",
            }
        )
    if loop.n_owed:
        days = times.decimal(loop.days_to_word) if loop.days_to_word is not None else "–"
        cards.append(
            {
                "label": _("Had a word from us"),
                "value": _("%(n)s of %(m)s") % {"n": loop.n_called, "m": loop.n_owed},
                "under": _("%(days)s days in the middle, %(n)s solved") % {"days": days, "n": loop.n_solved},
                "sentence": _("Who scored %(score)s or less, and was called or written to since.")
                % {"score": survey.low_up_to},
                "url": reverse("surveys:waiting"),
            }
        )
    return cards


def _over_time(wanted: Asked) -> charts.Chart:
    cut, kind = wanted.cut, wanted.cut.survey.kind
    over, days = charts.spans(cut), results.by_day(cut)
    counted = [results.within(days, *span) for span in over]

    def url(span: charts.Span) -> str:
        return wanted.but(start=span[0], end=span[1]).url("answers")

    def series(label: str, values: list[float | None], written: Any) -> charts.Series:
        return charts.Series(label=label, values=values, written=written, url=url)

    n = series(
        _("Answers"), [float(sum(of.values())) or None for of in counted], lambda value: times.count(round(value))
    )
    if kind == Survey.Kind.NPS:
        ups = [_of_hundred(of, lambda score: score >= figures.PROMOTERS) for of in counted]
        downs = [_of_hundred(of, lambda score: score <= figures.DETRACTORS) for of in counted]
        drawn = [series(_("Promoters"), ups, times.percent), series(_("Detractors"), downs, times.percent)]
        title, text = (
            _("Promoters and detractors"),
            _("Of the answers of each span of days; their difference is the NPS."),
        )
    else:
        values = [figures.of(kind, of).value for of in counted]
        drawn = [series(words.figure_name(kind), values, lambda value: words.value(kind, value)), n]
        title, text = words.figure_name(kind), words.figure_meaning(kind)
    return charts.draw(
        name="score",
        title=title,
        text=text,
        over=over,
        series=drawn if kind == Survey.Kind.NPS else drawn[:1],
        as_line=kind != Survey.Kind.NPS,
        csv_url=wanted.url("export", table="period"),
    )


def _of_hundred(counts: Counts, counts_in: Any) -> float | None:
    n = sum(counts.values())
    return sum(k for score, k in counts.items() if counts_in(score)) / n if n else None


def _tables(wanted: Asked, counted: Counts) -> list[Table]:
    cut, survey = wanted.cut, wanted.cut.survey
    found = [_scores(wanted, counted)] if survey.has_score else []
    if survey.has_score:
        found += [
            _cells(
                wanted,
                "way",
                _("By way"),
                {words.way(key): (of, {"way": key}) for key, of in results.by_way(cut).items()},
            ),
            _cells(
                wanted,
                "tag",
                _("By tag of the customer"),
                {tag.name: (of, {"tag": tag.pk}) for tag, of in results.by_tag(cut).items()},
                text=_("Whoever carries two tags stands in both lines."),
            ),
        ]
    return found + [_of_question(wanted, one) for one in results.of_questions(cut)]


def _scores(wanted: Asked, counted: Counts) -> Table:
    n = sum(counted.values())
    rows = [
        Row(
            name=word if word == str(score) else f"{score} · {word}",
            cells=((times.count(k), wanted.but(score=score).url("answers") if k else ""), (_share(k, n), "")),
            share=k / n if n else 0.0,
        )
        for score, word in reversed(wording.choices(wanted.cut.survey).items())
        for k in [counted.get(score, 0)]
    ]
    heads = (_("Score"), _("How many"), _("Share"))
    url = wanted.url("export", table="scores")
    return Table(
        name="scores", title=_("Scores"), heads=heads, rows=tuple(rows) if n else (), csv_url=url, has_bars=True
    )


def _cells(
    wanted: Asked, name: str, title: str, groups: Mapping[str, tuple[Counts, dict[str, Any]]], *, text: str = ""
) -> Table:
    kind = wanted.cut.survey.kind
    rows = []
    for label, (counts, narrower) in groups.items():
        found = figures.of(kind, counts)
        url = wanted.but(**narrower).url("answers")
        value, likely = words.value(kind, found.value), words.interval(kind, found) or "–"
        rows.append(Row(name=label, cells=((value, url), (likely, ""), (times.count(found.n), url))))
    heads = (title, words.figure_name(kind), _("Probably between"), _("Answers"))
    return Table(
        name=name, title=title, heads=heads, rows=tuple(rows), csv_url=wanted.url("export", table=name), text=text
    )


def _of_question(wanted: Asked, told: results.OfQuestion) -> Table:
    question = told.question
    names = wording.options(question) or {
        key: key for key in sorted(told.counts, key=lambda one: int(one), reverse=True)
    }
    rows = [
        Row(
            name=word,
            cells=(
                (times.count(k), wanted.but(question=question.pk, option=key).url("answers") if k else ""),
                (_share(k, told.n), ""),
            ),
            share=k / told.n if told.n else 0.0,
        )
        for key, word in names.items()
        for k in [told.counts.get(key, 0)]
    ]
    if question.kind == "text" and told.n:
        url = wanted.but(question=question.pk).url("answers")
        rows = [Row(name=_("In own words"), cells=((times.count(told.n), url), ("", "")), share=1.0)]
    return Table(
        name=f"q{question.pk}",
        title=wording.asked(question),
        heads=(_("Answer"), _("How many"), _("Share")),
        rows=tuple(rows) if told.n else (),
        csv_url=wanted.url("export", table=f"q{question.pk}"),
        text=words.condition(question),
        has_bars=True,
    )


def _silence(wanted: Asked, quiet: Silence) -> list[Table]:
    heads = (
        _("Asked"), _("May still answer"), _("Answered"), _("Rate"), _("Probably between"),
        _("Of who answered"), _("Of who did not"),
    )  # fmt: skip
    return [
        Table(
            name=f"silence-{name}",
            title=title,
            heads=(title, *heads),
            rows=tuple(_group(said(group.key), group) for group in groups),
            csv_url=wanted.url("export", table=f"silence-{name}"),
        )
        for name, title, groups, said in (
            ("way", _("By way"), quiet.by_way, words.way),
            ("tag", _("By tag of the customer"), quiet.by_tag, str),
            ("age", _("By how long we know them"), quiet.by_age, words.age),
        )
    ]


def _group(name: str, group: Group) -> Row:
    texts = (
        times.count(group.n_asked),
        times.count(group.n_may_still),
        times.count(group.n_answered),
        _share(group.n_answered, group.n_asked - group.n_may_still),
        words.interval(Survey.Kind.CSAT, group.rate) or "–",
        times.percent(group.share_of_answers),
        times.percent(group.share_of_silence),
    )
    return Row(name=name, cells=tuple((text, "") for text in texts), is_notable=group.is_notable)


def _warnings(quiet: Silence) -> list[str]:
    said: dict[str, Callable[[str], str]] = {"way": words.way, "tag": str, "age": words.age}
    return [
        _(
            "%(group)s: %(loud)s of who answered, %(quiet)s of who did not. The figures speak more for some than for others."
        )
        % {
            "group": said[name](group.key),
            "loud": times.percent(group.share_of_answers),
            "quiet": times.percent(group.share_of_silence),
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


def _whole(found: Any) -> Any:
    return found.select_related("contact", "survey", "follow_up", "invitation").prefetch_related("answers__question")


def _line(response: Response) -> dict[str, Any]:
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
        "answers": [(wording.asked(one.question), _said(one)) for one in response.answers.all()],
        "way": words.way(response.way),
        "at": response.at,
        "is_changed": response.changed_at is not None,
        "waits": follow_up is not None and follow_up.called_at is None,
    }


def _said(answer: Answer) -> str:
    if answer.chosen:
        names = wording.options(answer.question)
        return ", ".join(names.get(key, key) for key in answer.chosen)
    return answer.words or ("" if answer.number is None else str(answer.number))


def _share(k: int, n: int) -> str:
    return times.percent(k / n) if n else "–"


def _of_table(wanted: Asked, name: str) -> Iterator[list[str]]:
    if name == "period":
        yield from _period(wanted)
        return
    tables = [
        *_tables(wanted, results.counts(results.rows(wanted.cut))),
        *_silence(wanted, silence.of(wanted.cut, at=clock.now())),
    ]
    found = next((one for one in tables if one.name == name), None)
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
    for response in _whole(results.rows(wanted.cut)).order_by("at", "pk").iterator(chunk_size=AT_ONCE):
        given = {one.question_id: _said(one) for one in response.answers.all()}
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
