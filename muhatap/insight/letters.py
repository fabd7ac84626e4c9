"""The weekly letter: when it is due where somebody lives, what stands in it, and that it goes once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from muhatap.accounts.models import User
from muhatap.insight import weekly, written
from muhatap.insight.intervals import share
from muhatap.insight.models import WeeklyLetter
from muhatap.insight.themes import Told
from muhatap.insight.weekly import Quote, TopicLine, Week

State = WeeklyLetter.State
MORNING = time(8)
LATEST = timedelta(days=2)  # after the morning; later the week is old
ATTEMPTS = 20
PAGE, THEME, MESSAGES = "/insight/voice/", "/insight/voice/themes/", "/insight/voice/messages/"
PROMISES = "/promises/?whose=all&state=owed"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure of the letter."""

    label: str
    value: str
    under: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Part:
    """A headed list of lines with their addresses."""

    title: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Letter:
    """Everything the letter says, ready for words alone and for HTML."""

    title: str
    days: str
    sentence: str
    figures: tuple[Figure, ...]
    parts: tuple[Part, ...]
    praise: Quote | None
    complaint: Quote | None
    url: str
    pdf_url: str


def due(*, zone: str, at: datetime) -> date | None:
    """The Monday of the week to tell of, if the Monday morning after it has come there and is not long over.

    Nobody's morning comes before the week of the firm is over.
    """
    there = at.astimezone(ZoneInfo(zone))
    monday = there.date() - timedelta(days=there.weekday())
    morning = datetime.combine(monday, MORNING, tzinfo=there.tzinfo)
    over = datetime.combine(monday, time(), tzinfo=timezone.get_default_timezone())
    return monday - timedelta(days=7) if over <= at and morning <= there < morning + LATEST else None


def hand(*, letter: WeeklyLetter, at: datetime) -> bool:
    """About to be handed over; False when somebody else is, or it went. To be committed before it is."""
    waiting = WeeklyLetter.objects.filter(pk=letter.pk, state=State.WAITING, n_attempts__lt=ATTEMPTS)
    return bool(waiting.update(state=State.HANDING, state_at=at, n_attempts=letter.n_attempts + 1))


def settle(*, letter: WeeklyLetter, state: str, at: datetime) -> None:
    """What became of the handing over."""
    WeeklyLetter.objects.filter(pk=letter.pk, state=State.HANDING).update(state=state, state_at=at)


def write(*, user: User, week: Week, choose_path: str, headers: Mapping[str, str]) -> EmailMultiAlternatives:
    """The mail for one person, in their language: the week of the firm, with the voices they may see."""
    language = user.language or settings.LANGUAGE_CODE
    with translation.override(language):
        letter = told(weekly.quoting(week, user))
        choose = f"{settings.PUBLIC_URL}{choose_path}"
        known = {"letter": letter, "choose_url": choose, "firm": settings.FIRM_NAME, "language": language}
        plain = "\n".join(_plain(user, letter, choose))
        mail = EmailMultiAlternatives(
            f"{letter.title} · {settings.FIRM_NAME}",
            plain,
            None,
            [user.email],
            headers={**headers, "List-Unsubscribe": f"<{choose}>"},
        )
        mail.attach_alternative(render_to_string("letters/week.html", known), "text/html")
        return mail


def told(week: Week) -> Letter:
    """The letter of a week in the active language."""
    days = f"from={week.begins_on}&to={week.ends_on}"
    root = settings.PUBLIC_URL
    parts = [
        _topics(_("Most praised"), week.praised, "praise", days),
        _topics(_("Most complained about"), week.complained, "complaint", days),
        _themes(_("Jumps"), week.jumps),
        _themes(_("New this week"), week.fresh),
    ]
    return Letter(
        title=_("The week in our customers’ words"),
        days=written.days(week.begins_on, week.ends_on),
        sentence=_sentence(week),
        figures=_figures(week, days),
        parts=tuple(part for part in parts if part.lines),
        praise=week.praise,
        complaint=week.complaint,
        url=f"{root}{PAGE}?{days}",
        pdf_url=f"{root}{PAGE}pdf/?{days}",
    )


def _sentence(week: Week) -> str:
    if not week.now.n:
        return _("Nobody wrote this week.")
    said = ngettext(
        "%(n)s message, %(change)s: %(complain)s complain, %(praise)s praise.",
        "%(n)s messages, %(change)s: %(complain)s complain, %(praise)s praise.",
        week.now.n,
    )
    return said % {
        "n": written.count(week.now.n),
        "change": written.change(week.now.n, week.then.n),
        "complain": written.share(share(week.now.complaint, week.now.n)),
        "praise": written.share(share(week.now.praise, week.now.n)),
    }


def _figures(week: Week, days: str) -> tuple[Figure, ...]:
    rows = f"{settings.PUBLIC_URL}{MESSAGES}?{days}"
    answers = f"{settings.PUBLIC_URL}{PAGE}answers/?{days}"
    now, then = week.now, week.then
    found = [
        Figure(
            label=_("Complaints"),
            value=written.count(now.complaint),
            under=written.change(now.complaint, then.complaint),
            url=f"{rows}&say=complaint",
        ),
        Figure(
            label=_("Praise"),
            value=written.count(now.praise),
            under=written.change(now.praise, then.praise),
            url=f"{rows}&say=praise",
        ),
    ]
    if week.pleased.n:
        under = written.between(week.pleased)
        if week.pleased_then.n:
            under = _("%(span)s; the week before %(before)s") % {
                "span": under,
                "before": written.share(week.pleased_then),
            }
        found.append(
            Figure(
                label=_("Pleased"),
                value=written.share(week.pleased),
                under=under,
                url=f"{rows}&mood={'positive' if week.pleased.value else 'felt'}",
            )
        )
    if week.satisfied.n:
        span = written.between(week.satisfied)
        url = f"{answers}&kind=csat{'&part=satisfied' if week.satisfied.value else ''}"
        found.append(Figure(label=_("Satisfied (CSAT)"), value=written.share(week.satisfied), under=span, url=url))
    if week.loyalty.n:
        span = f"{written.score(week.loyalty.low)} … {written.score(week.loyalty.high)}"
        url = f"{answers}&kind=nps"
        found.append(Figure(label=_("Loyalty (NPS)"), value=written.score(week.loyalty.value), under=span, url=url))
    if week.promises.n_owed:
        told = {"kept": written.count(week.promises.kept), "n": written.count(week.promises.n_owed)}
        found.append(
            Figure(
                label=_("Promises kept"),
                value=written.share(share(week.promises.kept, week.promises.n_owed)),
                under=_("%(kept)s of %(n)s") % told,
                url=f"{settings.PUBLIC_URL}{PROMISES}&{days}",
            )
        )
    return tuple(found)


def _topics(title: str, topics: tuple[TopicLine, ...], say: str, days: str) -> Part:
    root = f"{settings.PUBLIC_URL}{MESSAGES}?{days}&say={say}"
    lines = tuple(
        (
            _("%(topic)s: %(n)s (%(before)s the week before)")
            % {"topic": one.name, "n": written.count(one.n), "before": written.count(one.before)},
            f"{root}&only_topic={one.topic.pk}",
        )
        for one in topics
    )
    return Part(title=title, lines=lines)


def _themes(title: str, themes: tuple[Told, ...]) -> Part:
    lines = []
    for one in themes:
        n = one.now.n_people if one.now else 0
        said = ngettext("“%(theme)s”: %(n)s person", "“%(theme)s”: %(n)s people", n)
        told = {"theme": str(one.theme), "n": written.count(n)}
        lines.append((said % told, f"{settings.PUBLIC_URL}{THEME}{one.theme.pk}/"))
    return Part(title=title, lines=tuple(lines))


def _plain(user: User, letter: Letter, choose: str) -> list[str]:
    lines = [_("Hello %(name)s,") % {"name": user.name}, "", f"{letter.title}, {letter.days}", letter.sentence, ""]
    for figure in letter.figures:
        lines += [f"{figure.label}: {figure.value} ({figure.under})", f"  {figure.url}"]
    for quote, title in ((letter.praise, _("One who praises")), (letter.complaint, _("One who complains"))):
        if quote:
            by = ", ".join(part for part in (quote.name, quote.topic) if part)
            lines += ["", f"{title}:", f"  “{quote.text}”", *([f"  — {by}"] if by else [])]
    for part in letter.parts:
        lines += ["", f"{part.title}:"]
        for said, url in part.lines:
            lines += [f"- {said}", f"  {url}"]
    lines += ["", _("The whole page: %(url)s") % {"url": letter.url}, _("As a PDF: %(url)s") % {"url": letter.pdf_url}]
    return [
        *lines,
        "",
        _("Names are shortened and numbers left out. You choose here whether this comes: %(url)s") % {"url": choose},
    ]
