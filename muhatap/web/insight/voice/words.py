"""How the customers' voice is written: kinds, shares with their intervals, channels."""

from babel.numbers import format_decimal
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from muhatap.insight.intervals import Span
from muhatap.web.common import channels, times

SERVICES = {
    "mastodon": "Mastodon",
    "bluesky": "Bluesky",
    "youtube": "YouTube",
    "google": "Google",
    "trendyol": "Trendyol",
}
# What a number can be asked for in the address, the kinds it means, and how it is called.
SAY: dict[str, tuple[tuple[str, ...], Promise]] = {
    "praise": (("praise",), gettext_lazy("Praise")),
    "asked": (("request", "question"), gettext_lazy("Requests and questions")),
    "complaint": (("complaint",), gettext_lazy("Complaints")),
    "other": (("other",), gettext_lazy("Other")),
}
# The same of what they felt.
FELT: dict[str, tuple[tuple[str, ...], Promise]] = {
    "felt": (("positive", "negative"), gettext_lazy("Pleased or displeased")),
    "positive": (("positive",), gettext_lazy("Pleased")),
    "negative": (("negative",), gettext_lazy("Displeased")),
}
PLEASED = gettext_lazy("Of all messages that sound pleased or displeased, those that sound pleased.")
SENTENCES: dict[str, Promise] = {
    "messages": gettext_lazy(
        "What customers wrote or posted, by the day they did; spam and what is no matter of ours does not count."
    ),
    "praise": gettext_lazy("Messages that thank or laud, as they were read, or corrected by one of us."),
    "asked": gettext_lazy("Messages that want something done or known without anything having failed."),
    "complaint": gettext_lazy("Messages that say something failed, also when they ask for something."),
    "pleased": PLEASED,
    "positive": PLEASED,
    "felt": gettext_lazy("Messages that sound pleased or displeased."),
    "negative": gettext_lazy("Of all messages that sound pleased or displeased, those that sound displeased."),
    "csat": gettext_lazy("Of all answers to a survey from 1 to 5, those with 4 or 5."),
    "nps": gettext_lazy("Of all answers from 0 to 10, the share of 9 and 10 less the share of 0 to 6."),
    "ces": gettext_lazy("The mean of all answers from 1 to 7; higher is easier."),
    "tag": gettext_lazy("By the tags of those who wrote; whoever has two tags counts in both."),
    "product": gettext_lazy(
        "By what was in the last order of those who wrote, at most 90 days before; what they mean may be another thing."
    ),
    "topic": gettext_lazy("By what the messages are about, as they were read, or corrected by one of us."),
    "channel": gettext_lazy("By where the messages came in."),
}


def share(span: Span) -> str:
    """%31"""
    return times.percent(span.value) if span.value is not None else "–"


def between(span: Span) -> str:
    """%27–%35, the interval of a share."""
    if span.low is None or span.high is None:
        return ""
    return f"{times.percent(span.low)}–{times.percent(span.high)}"


def score(value: float | None) -> str:
    """An NPS: +47."""
    if value is None:
        return "–"
    number = format_decimal(abs(round(value)), locale=(get_language() or "tr").replace("-", "_"))
    return f"+{number}" if round(value) > 0 else f"−{number}" if round(value) < 0 else number


def score_between(span: Span) -> str:
    return f"{score(span.low)} … {score(span.high)}" if span.low is not None and span.high is not None else ""


def mean(value: float | None) -> str:
    """A mean of scores: 5,4."""
    return "–" if value is None else times.decimal(value)


def mean_between(span: Span) -> str:
    return f"{mean(span.low)}–{mean(span.high)}" if span.low is not None and span.high is not None else ""


def of(n: int) -> str:
    return ngettext("of %(n)s message", "of %(n)s messages", n) % {"n": times.count(n)}


def n_messages(n: int) -> str:
    return ngettext("%(n)s message", "%(n)s messages", n) % {"n": times.count(n)}


def n_answers(n: int) -> str:
    return ngettext("%(n)s answer", "%(n)s answers", n) % {"n": times.count(n)}


def of_answers(n: int) -> str:
    return ngettext("of %(n)s answer", "of %(n)s answers", n) % {"n": times.count(n)}


def channel(kind: str) -> str:
    """What a channel is called; names of services stay as they are."""
    said = {"web": _("Web"), "survey": _("Surveys")}
    known = channels.name(kind) if kind in channels.NAMES else SERVICES.get(kind)
    return said.get(kind) or known or kind.replace("_", " ").capitalize()
