"""The tables under the results of a survey: a name, cells that lead to their answers, and a bar where shares stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from muhatap.feedback import figures, not_asked, results, silence, wording
from muhatap.feedback.figures import Counts
from muhatap.feedback.models import Survey
from muhatap.feedback.silence import Group, Silence
from muhatap.web.common import times
from muhatap.web.feedback import words
from muhatap.web.feedback.asked import Asked


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


def of(wanted: Asked, counted: Counts) -> list[Table]:
    """The scores, the figure by way and by tag, and each further question."""
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
            cells=((times.count(k), wanted.but(score=score).url("answers") if k else ""), (share(k, n), "")),
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
                (share(k, told.n), ""),
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


def of_silence(wanted: Asked, quiet: Silence) -> list[Table]:
    """Who was asked and who answered, by what they have in common."""
    heads = (
        pgettext("people", "Asked"), _("May still answer"), _("Answered"), _("Rate"), _("Probably between"),
        _("Of who answered"), _("Of who did not"),
    )  # fmt: skip
    return [
        Table(
            name=f"silence-{name}",
            title=title,
            heads=(title, *heads),
            rows=tuple(_group(said(group.name), group, _those(wanted, name, group.key)) for group in groups),
            csv_url=wanted.url("export", table=f"silence-{name}"),
        )
        for name, title, groups, said in (
            ("way", _("By way"), quiet.by_way, words.way),
            ("tag", _("By tag of the customer"), quiet.by_tag, str),
            ("age", _("By how long we know them"), quiet.by_age, words.age),
        )
    ]


def _those(wanted: Asked, name: str, key: str) -> Asked:
    """Of those asked, the ones of a group."""
    if name == "age":
        return wanted.among(age=key)
    return wanted.among().but(**{name: int(key) if name == "tag" else key})


def _group(name: str, group: Group, those: Asked) -> Row:
    """A group beside everybody who was asked."""
    n_settled = group.n_asked - group.n_may_still
    n_silent = n_settled - group.n_answered

    def cell(text: str, n: int, side: str) -> tuple[str, str]:
        return text, those.among(side=side).url("invitations") if n else ""

    cells = (
        cell(times.count(group.n_asked), group.n_asked, ""),
        cell(times.count(group.n_may_still), group.n_may_still, silence.MAY_STILL),
        cell(times.count(group.n_answered), group.n_answered, silence.ANSWERED),
        cell(share(group.n_answered, n_settled), n_settled, silence.SETTLED),
        (words.interval(Survey.Kind.CSAT, group.rate) or "–", ""),
        cell(percent(group.share_of_answers), group.n_answered, silence.ANSWERED),
        cell(percent(group.share_of_silence), n_silent, silence.SILENT),
    )
    return Row(name=name, cells=cells, is_notable=group.is_notable)


def of_not_asked(wanted: Asked) -> Table:
    """How many were not asked, by the reason."""
    counted = not_asked.counts(wanted.cut)
    n = sum(counted.values())
    rows = [
        Row(
            name=words.why(why, wanted.cut.survey),
            cells=((times.count(k), wanted.among(why=why).url("not_asked")), (share(k, n), "")),
            share=k / n,
        )
        for why, k in counted.items()
    ]
    return Table(
        name="not-asked",
        title=_("Who was not asked"),
        heads=(_("Reason"), _("How many"), _("Share")),
        rows=tuple(rows),
        csv_url=wanted.url("export", table="not-asked"),
        text=_("They were to be asked in these days, and something stood in the way."),
        has_bars=True,
    )


def share(k: int, n: int) -> str:
    """k of n in percent."""
    return percent(k / n if n else None)


def percent(share: float | None) -> str:
    return "–" if share is None else times.percent(share)
