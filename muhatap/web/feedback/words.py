"""What surveys and their figures are called."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.feedback import following_up, silence, wording
from muhatap.feedback.figures import Figure
from muhatap.feedback.models import FollowUp, Invitation, Question, Response, Survey
from muhatap.web.common import times
from muhatap.web.common.display import ViewGroup, ViewLink


def figure_name(kind: str) -> str:
    return {"nps": _("NPS"), "csat": _("Satisfied"), "ces": _("Ease, mean")}.get(kind, _("Answers"))


def figure_meaning(kind: str) -> str:
    """What the figure is, in one sentence."""
    return {
        "nps": _(
            "The share of those who gave 9 or 10 less the share of those who gave 0 to 6, in points of a hundred."
        ),
        "csat": _("The share of those who gave 4 or 5 of 5."),
        "ces": _("The mean of all scores from 1 to 7; higher is easier."),
    }.get(kind, _("How many have answered."))


def value(kind: str, number: float | None) -> str:
    """A figure as one reads it: +12, %78, 5,4."""
    if number is None:
        return "–"
    if kind == Survey.Kind.NPS:
        rounded = round(number)
        return f"{'+' if rounded > 0 else '−' if rounded < 0 else ''}{abs(rounded)}"
    return times.percent(number) if kind == Survey.Kind.CSAT else times.decimal(number)


def interval(kind: str, figure: Figure) -> str:
    """Where the truth lies 95 times of 100; "" for too few answers."""
    if figure.low is None or figure.high is None:
        return ""
    return _("%(low)s to %(high)s") % {"low": value(kind, figure.low), "high": value(kind, figure.high)}


def n_answers(n: int) -> str:
    return ngettext("%(n)s answer", "%(n)s answers", n) % {"n": times.count(n)}


def way(name: str) -> str:
    return str(Response.Way(name).label) if name in Response.Way.values else _("Unknown")


def age(name: str) -> str:
    return {
        "new": _("Known for a month at most"),
        "months": _("Known for a year at most"),
        "years": _("Known for longer"),
    }[name]


def side(name: str) -> str:
    """Of those asked, on which side they are."""
    return {
        silence.SETTLED: _("Answered, or can no more"),
        silence.ANSWERED: pgettext("side", "Answered"),
        silence.SILENT: _("Did not answer"),
        silence.MAY_STILL: _("May still answer"),
    }.get(name, _("All who were asked"))


def why(name: str, survey: Survey) -> str:
    """Why somebody was not asked."""
    if name == Invitation.Why.REOPENED and survey.occasion == Survey.Occasion.DELIVERED:
        return _("The order was sent back or cancelled")
    return str(Invitation.Why(name).label) if name in Invitation.Why.values else _("The reason was not noted")


def all_not_asked() -> str:
    return _("All who were not asked")


def of_word(name: str) -> str:
    """How far we came with whom we owed a word."""
    return {
        "waiting": _("Waits for a word from us"),
        "called": _("Had a word from us"),
        "solved": _("Solved"),
    }.get(name, _("All whom we owed a word"))


def called(row: FollowUp, now: datetime) -> str:
    """Who spoke to them, or looked at the answer of somebody unknown, and when; "" while they wait."""
    if row.called_at is None:
        return ""
    told = {"by": row.called_by or _("Somebody"), "at": times.stamp(row.called_at, now)}
    return (_("%(by)s looked at it, %(at)s") if row.is_of_nobody else _("%(by)s spoke to them, %(at)s")) % told


def solved(row: FollowUp, now: datetime) -> str:
    if row.solved_at is None or row.is_of_nobody:
        return ""
    return _("Solved, %(at)s") % {"at": times.stamp(row.solved_at, now)}


def waits(row: FollowUp | None) -> str:
    """For what an answer waits; "" for nothing."""
    if row is None or row.called_at is not None:
        return ""
    return _("Waits to be looked at") if row.is_of_nobody else _("Waits for a word from us")


def occasion(survey: Survey) -> str:
    """When it is asked, and from where."""
    if survey.occasion == Survey.Occasion.NONE:
        return str(Survey.Occasion.NONE.label)
    told = {"delay": delay(survey.delay_minutes), "inbox": survey.inbox}
    if survey.occasion == Survey.Occasion.DELIVERED:
        return _("%(delay)s after a delivery, by %(inbox)s") % told
    return _("%(delay)s after a resolution, in %(inbox)s") % told


def delay(minutes: int) -> str:
    return times.span(timedelta(minutes=minutes)) if minutes else _("At once")


def state(survey: Survey, *, is_full: bool, is_closed: bool) -> tuple[str, str]:
    """Its state and how it is shown."""
    if survey.archived_at is not None:
        return _("Put away"), ""
    if not survey.is_on:
        return _("Not asked"), ""
    if is_closed:
        return _("Over"), ""
    return (_("Full"), "soon") if is_full else (_("Asked"), "")


def condition(question: Question) -> str:
    """After which answer it is asked; "" when of everybody."""
    if not question.has_condition:
        return ""
    about = _("the score") if question.after is None else f"“{wording.asked(question.after)}”"
    if question.option and question.after:
        chosen = wording.options(question.after).get(question.option, question.option)
        return _("Asked when %(about)s was answered with “%(chosen)s”") % {"about": about, "chosen": chosen}
    told = {"about": about, "least": question.least, "most": question.most}
    if question.least is None:
        return _("Asked when %(about)s is %(most)s at most") % told
    if question.most is None:
        return _("Asked when %(about)s is %(least)s at least") % told
    return _("Asked when %(about)s is from %(least)s to %(most)s") % told


def views(here: str, user: User) -> tuple[ViewGroup, ...]:
    """The pages around surveys."""
    links = [
        ("surveys:list", _("Surveys"), "smile", "surveys.read"),
        ("surveys:waiting", _("Waiting for a word"), "phone", "surveys.follow_up"),
    ]
    shown = [
        ViewLink(
            label=label,
            url=reverse(name),
            icon=icon,
            is_here=name == here,
            count=_waiting() if name == "surveys:waiting" else "",
        )
        for name, label, icon, permission in links
        if may(user, permission)
    ]
    if may(user, "insight.own"):
        shown.append(ViewLink(label=_("Reports"), url=reverse("insight:overview"), icon="chart-line"))
    return (ViewGroup(title=_("Surveys"), links=tuple(shown)),)


def _waiting() -> str:
    n = following_up.waiting().count()
    return times.count(n) if n else ""
