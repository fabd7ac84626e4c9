"""Small parts of a page: icons, people, states, meters, times and money."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

import lucide
from django import template
from django.http import QueryDict
from django.template.context import Context
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from muhatap.shared import clock
from muhatap.shared.text import upper_tr
from muhatap.web.common import shapes, times
from muhatap.web.common.inside import NOTHING, inside

register = template.Library()

PLACE = '<div id="{}" hx-get="{}" hx-trigger="load" hx-target="this" hx-swap="outerHTML"></div>'
STATES = {"": "", "soon": "clock", "late": "triangle-alert", "done": "check", "failed": "circle-alert"}


@register.simple_tag
def repeat(rows: Iterable[Any], template: str, name: str) -> SafeString:
    """A template for each of many rows, which it knows by this name and which are all it knows. Without one, each row's own."""
    return shapes.filled(template, name, rows)


@register.simple_tag
def fill(row: Any, template: str, name: str) -> SafeString:
    """A template that knows one row and nothing else of the page."""
    return shapes.filled(template, name, [row])


@register.simple_tag(takes_context=True)
def part(context: Context, name: str, url: str) -> SafeString:
    """A part that another area draws: here and now; where that cannot be, a place that asks for it by itself."""
    drawn = inside(context["request"], url) if "request" in context else NOTHING
    return drawn or format_html(PLACE, name, url)


@register.simple_tag
def icon(name: str, size: int = 16, cls: str = "") -> SafeString:
    """A Lucide icon as inline SVG. It is never the name of anything: give the control its own words."""
    return _icon(str(name), int(size), str(cls))


@lru_cache(maxsize=512)
def _icon(name: str, size: int, cls: str) -> SafeString:
    attributes = {"class": f"icon {cls}".strip(), "aria-hidden": "true", "stroke-width": "1.75"}
    return mark_safe(" ".join(lucide._render_icon(name, size, **attributes).split()))  # noqa: S308 (from the icon package)


@register.simple_tag
def avatar(who: Any, kind: str = "contact", size: int = 32) -> SafeString:
    """The initials of somebody (a name, or anything with `.name`), hidden from readers of the screen because the name stands beside it."""
    name = who if isinstance(who, str) else getattr(who, "name", "") or str(who or "")
    side = " is-staff" if kind == "staff" else ""
    width = "" if size == 32 else f" avatar-{size}"
    return format_html('<span class="avatar{}{}" aria-hidden="true">{}</span>', side, width, initials(name))


@register.filter
def beside(heads: Iterable[Any], cells: Iterable[Any]) -> list[tuple[Any, Any]]:
    """Each cell of a row with the head of its column, for tables whose rows are stacked on a phone."""
    return list(zip(heads, cells, strict=False))


@register.filter
def initials(name: str) -> str:
    """Ayşe Yılmaz → AY, ipek güneş → İG, ayse@ornek.example → A. Two letters at most, upper-cased the Turkish way."""
    words = [word for word in name.split("@")[0].replace(".", " ").split() if word[0].isalnum()]
    letters = words[:1] + words[1:][-1:]
    return upper_tr("".join(word[0] for word in letters)) or "?"


@register.filter
def breakable(text: str) -> SafeString:
    """An address too long for its place breaks before the @, not inside a word."""
    return mark_safe(escape(text).replace("@", "<wbr>@"))  # noqa: S308 (escaped)


@register.simple_tag
def badge(text: str, tone: str = "", icon_name: str = "") -> SafeString:
    """A state that asks for something. Tones: soon, late, new, outline, or none."""
    name = icon_name or STATES.get(tone, "")
    picture = _icon(name, 14, "") if name else ""
    return format_html('<span class="badge{}">{}{}</span>', f" is-{tone}" if tone else "", picture, text)


@register.simple_tag
def state(text: str, tone: str = "", icon_name: str = "") -> SafeString:
    """A quiet state: icon and words. Only `soon` and `late` (or failed) get colour, and they never come without a sign."""
    name = icon_name or STATES.get(tone, "")
    colour = {"soon": " is-soon", "late": " is-late", "failed": " is-late"}.get(tone, "")
    return format_html('<span class="state{}">{}{}</span>', colour, _icon(name, 14, "") if name else "", text)


@register.simple_tag
def meter(value: float, largest: float, label: str = "", tone: str = "") -> SafeString:
    """A bar as SVG, since the content policy allows no inline style. With a label it is a progress bar, without it decoration."""
    share = min(max(float(value) / float(largest), 0.0), 1.0) if largest else 0.0
    role = (
        format_html(
            'role="progressbar" aria-label="{}" aria-valuemin="0" aria-valuemax="100" aria-valuenow="{}"',
            label,
            round(share * 100),
        )
        if label
        else mark_safe('aria-hidden="true"')
    )
    return format_html(
        '<svg class="meter" {} viewBox="0 0 100 6" preserveAspectRatio="none">'
        '<rect class="meter-track" width="100" height="6"/><rect class="meter-fill{}" width="{}" height="6"/></svg>',
        role,
        f" is-{tone}" if tone else "",
        f"{share * 100:.2f}",
    )


@register.simple_tag(takes_context=True)
def query(context: Mapping[str, Any], **changes: Any) -> str:
    """The present query string with some values changed; None or "" takes a value out. Begins with "?"."""
    request = context.get("request")
    values = request.GET.copy() if request else QueryDict(mutable=True)
    for name, value in changes.items():
        if value in (None, ""):
            values.pop(name, None)
        else:
            values[name] = str(value)
    return "?" + values.urlencode()


@register.filter
def short_time(at: datetime | None) -> str:
    """14:32, Dün, 20 Kas."""
    return times.short(at, clock.now()) if at else ""


@register.filter
def stamp(at: datetime | None) -> str:
    """14:32, 20 Kas 10:02."""
    return times.stamp(at, clock.now()) if at else ""


@register.filter
def full_time(at: datetime | None) -> str:
    return times.full(at) if at else ""


@register.simple_tag
def moment(at: datetime | None, form: str = "short") -> SafeString | str:
    """A <time> element with the exact moment in its title."""
    if at is None:
        return ""
    text = times.stamp(at, clock.now()) if form == "stamp" else times.short(at, clock.now())
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), times.full(at), text)


@register.filter
def span(length: timedelta | None) -> str:
    return times.span(length) if length is not None else ""


@register.filter
def money(amount: Decimal | None, currency: str = "TRY") -> str:
    return times.money(Decimal(amount), currency) if amount is not None else ""


@register.filter
def count(number: int | None) -> str:
    return times.count(number) if number is not None else ""


@register.filter
def file_size(n_bytes: int | None) -> str:
    return times.size(n_bytes) if n_bytes is not None else ""
