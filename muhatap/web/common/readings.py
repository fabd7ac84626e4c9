"""What a message says, as it stands under it: a few quiet words, each with its reasons and the way to correct it behind it."""

from collections.abc import Collection

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from muhatap.understanding.models import Reading
from muhatap.web.common.links import link
from muhatap.web.common.templatetags.ui import icon

SHOWN = ("kind", "topic", "urgency", "sentiment")
_CERTAIN, _LIKELY = 0.95, 0.8
NOTHING = ""


def of_interactions(numbers: Collection[int]) -> dict[int, Reading]:
    """The readings of these interactions, in one question."""
    rows = Reading.objects.filter(interaction__in=numbers).select_related("topic") if numbers else ()
    return {row.interaction_id: row for row in rows}


def chips(
    reading: Reading, *, may_correct: bool, asks: bool = False, is_newest: bool = False, is_beside: bool = False
) -> SafeString:
    """Kind, topic, urgency and mood where they say something; with `asks` the two likeliest kinds to choose from when it is not sure.

    The key i opens the kind of what `is_newest`. `is_beside` lets an answer that goes elsewhere put them in place of those that stand there.
    """
    fields = [field for field in SHOWN if _is_shown(reading, field)]
    shown = format_html_join("", "{}", ((_chip(reading, field, is_newest and field == "kind"),) for field in fields))
    asked = _ask(reading) if asks and may_correct and "kind" in reading.unsure else NOTHING
    place = mark_safe(' hx-swap-oob="true"') if is_beside else NOTHING
    return format_html('<span class="reading" id="reading-{}"{}>{}{}</span>', reading.pk, place, shown, asked)


def value(reading: Reading, field: str) -> str:
    """What a field says, in a word."""
    if field == "topic":
        return str(reading.topic) if reading.topic else _("No topic")
    if field == "language":
        return reading.language
    return str(getattr(reading, f"get_{field}_display")())


def sureness(reading: Reading, field: str) -> str:
    """How sure, in words."""
    if field in reading.unsure:
        return _("not sure")
    confidence: float = getattr(reading, f"{field}_confidence")
    if confidence >= _CERTAIN:
        return _("almost certain")
    return _("very likely") if confidence >= _LIKELY else _("likely")


def _is_shown(reading: Reading, field: str) -> bool:
    """Good is quiet: what is not urgent and neither pleased nor displeased needs no word."""
    if field == "urgency":
        return reading.urgency == Reading.Urgency.URGENT
    if field == "sentiment":
        return reading.sentiment != Reading.Sentiment.NEUTRAL and "sentiment" not in reading.unsure
    return field == "kind" or reading.topic_id is not None


def _chip(reading: Reading, field: str, has_key: bool) -> SafeString:
    told, is_unsure = value(reading, field), field in reading.unsure
    label = _("%(what)s: %(said)s, %(sure)s") % {"what": name(field), "said": told, "sure": sureness(reading, field)}
    sign = icon("triangle-alert", 14) if field == "urgency" else NOTHING
    return format_html(
        '<span class="menu-at"><button class="reading-chip{}{}" type="button" data-menu="reading-{}-{}" aria-haspopup="dialog"'
        ' aria-expanded="false" aria-label="{}"{}>{}{}{}</button><span class="menu menu-start reading-why" id="reading-{}-{}"'
        ' role="dialog" aria-label="{}" hidden hx-get="{}" hx-trigger="intersect once" hx-target="this" hx-swap="innerHTML"></span></span>',
        " is-soon" if field == "urgency" else "",
        " is-unsure" if is_unsure else "",
        reading.pk,
        field,
        label,
        format_html(' data-key="i" data-key-name="{}"', _("What the message says")) if has_key else NOTHING,
        sign,
        told,
        "?" if is_unsure else "",
        reading.pk,
        field,
        name(field),
        f"{link('understanding:why', reading.pk)}{field}/",
    )


def _ask(reading: Reading) -> SafeString:
    likeliest = [kind for kind, _chance in reading.chances.get("kind", ())[:2]]
    labels = dict(Reading.Kind.choices)
    choices = format_html_join(
        "",
        '<button class="link" type="button" hx-post="{}kind/" hx-vals=\'{}\' hx-target="#reading-{}" hx-swap="outerHTML">{}</button>',
        (
            (
                link("understanding:why", reading.pk),
                mark_safe('{"value": "' + kind + '"}'),  # noqa: S308 (one of our own words)
                reading.pk,
                labels[Reading.Kind(kind)],
            )
            for kind in likeliest
            if kind in labels
        ),
    )
    return format_html('<span class="reading-ask"><span>{}</span>{}</span>', _("Which is it?"), choices)


def name(field: str) -> str:
    return {
        "kind": pgettext("message", "Kind"),
        "topic": pgettext("message", "Topic"),
        "urgency": pgettext("message", "Urgency"),
        "sentiment": pgettext("message", "Mood"),
        "language": pgettext("message", "Language"),
    }[field]
