"""What people type about time: spans of a day, a closing day, a policy with its targets in minutes, hours or days."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, cast
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from muhatap.accounts.models import Team
from muhatap.channels.models import Inbox
from muhatap.contacts.models import Tag
from muhatap.conversations.models import Conversation
from muhatap.service import hours, policies
from muhatap.service.models import BusinessHours, Holiday, SlaPolicy
from muhatap.service.working import MIDNIGHT, written

DAYS = tuple(f"day_{n}" for n in range(7))
ONE_SPAN = re.compile(r"^(\d{1,2})(?:[:.](\d{2}))?\s*[-–]\s*(\d{1,2})(?:[:.](\d{2}))?$")
LENGTH = re.compile(r"^(\d{1,5})\s*([a-zğüşıöç]*)\.?$")
UNITS = {
    **dict.fromkeys(("", "dk", "dakika", "m", "min", "minute", "minutes"), 1),
    **dict.fromkeys(("sa", "saat", "h", "hour", "hours"), 60),
    **dict.fromkeys(("g", "gün", "gun", "d", "day", "days"), MIDNIGHT),
}
LONGEST = 400 * MIDNIGHT


class Spans(forms.CharField):
    """'09:00-12:30, 13:30-18' as pairs of minutes, empty for a closed day; what ends before it begins runs past midnight."""

    def __init__(self, **more: Any) -> None:
        attrs = {"placeholder": _("closed"), "autocomplete": "off"}
        super().__init__(required=False, max_length=120, widget=forms.TextInput(attrs=attrs), **more)

    def clean(self, value: Any) -> list[tuple[int, int]]:
        parts = [part.strip() for part in re.split(r"[,;]", str(super().clean(value))) if part.strip()]
        return sorted(_span(part) for part in parts)


class Length(forms.CharField):
    """'30', '90 dk', '4 sa', '2 gün' as minutes; empty for none. A day here is 24 hours of working time."""

    def __init__(self, **more: Any) -> None:
        super().__init__(required=False, max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"}), **more)

    def clean(self, value: Any) -> int | None:
        text = str(super().clean(value)).strip().replace("I", "ı").replace("İ", "i").lower()
        if not text:
            return None
        found = LENGTH.match(text)
        if not found or found[2] not in UNITS:
            raise forms.ValidationError(_("Write it like 30 min, 4 h or 2 d."))
        minutes = int(found[1]) * UNITS[found[2]]
        if not 0 < minutes <= LONGEST:
            raise forms.ValidationError(_("Between a minute and 400 days."))
        return minutes


class HoursForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    time_zone = forms.ChoiceField(label=_("Time zone"))
    day_0 = Spans(label=WEEKDAYS[0])
    day_1 = Spans(label=WEEKDAYS[1])
    day_2 = Spans(label=WEEKDAYS[2])
    day_3 = Spans(label=WEEKDAYS[3])
    day_4 = Spans(label=WEEKDAYS[4])
    day_5 = Spans(label=WEEKDAYS[5])
    day_6 = Spans(label=WEEKDAYS[6])
    keeps_holidays = forms.BooleanField(
        label=_("Closed on holidays"), required=False, help_text=_("The days on the page “Holidays”, half ones too.")
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, hours: BusinessHours) -> None:
        super().__init__(data, initial=_hours_as_typed(hours))
        cast(forms.ChoiceField, self.fields["time_zone"]).choices = [(zone, zone) for zone in _zones()]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not any(day in self.errors for day in DAYS):
            try:
                hours.check(self.week)
            except hours.NeverOpen:
                self.add_error("day_0", _("Give the hours of at least one day: a promise could never come due."))
            except hours.Overlap as overlap:
                self.add_error(f"day_{overlap.day}", _("These hours begin before the ones before them end."))
        return data

    @property
    def week(self) -> list[list[tuple[int, int]]]:
        return [self.cleaned_data[day] for day in DAYS]


class HolidayForm(forms.Form):
    on = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    name = forms.CharField(label=_("What it is"), max_length=200)
    closes_at = forms.TimeField(
        label=_("Closed from"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("Empty: the whole day."),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, holiday: Holiday) -> None:
        shuts = holiday.closes_at_minute
        closes_at = written(shuts) if shuts else ""
        super().__init__(data, initial={"on": holiday.on, "name": holiday.name, "closes_at": closes_at})

    @property
    def minute(self) -> int:
        at = self.cleaned_data["closes_at"]
        return at.hour * 60 + at.minute if at else 0


class PolicyForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    inbox_ids = forms.TypedMultipleChoiceField(
        label=_("Inboxes"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    team_ids = forms.TypedMultipleChoiceField(
        label=_("Teams"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    tag_ids = forms.TypedMultipleChoiceField(
        label=_("Tags"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("One of them is enough."),
    )
    priorities = forms.TypedMultipleChoiceField(
        label=_("Priorities"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple,
        choices=[(value, label) for value, label in reversed(Conversation.Priority.choices)],
    )  # fmt: skip
    first_response_minutes = Length(label=_("First response"), help_text=_("Such as 30 min, 4 h or 2 d."))
    next_response_minutes = Length(label=_("Next response"), help_text=_("To each later message of theirs."))
    resolution_minutes = Length(label=_("Resolution"))
    warn_minutes = Length(label=_("Warn before"), help_text=_("So long before it is due. Empty: no warning."))
    hours = forms.ModelChoiceField(
        BusinessHours.objects.order_by("name"),
        label=_("Counted in"),
        required=False,
        empty_label=_("Every hour of every day"),
        help_text=_("Working time only, or round the clock. A day in a target is 24 counted hours."),
    )
    pauses_waiting = forms.BooleanField(label=_("The resolution rests while we wait for them"), required=False)
    pauses_snoozed = forms.BooleanField(label=_("Everything rests while it is snoozed"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, policy: SlaPolicy) -> None:
        super().__init__(data, initial=_policy_as_typed(policy))
        self._offer("inbox_ids", Inbox.objects.order_by("name").values_list("pk", "name"), policy.inbox_ids)
        self._offer("team_ids", Team.objects.order_by("name").values_list("pk", "name"), policy.team_ids)
        self._offer("tag_ids", Tag.objects.order_by("folded").values_list("pk", "name")[:500], policy.tag_ids)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        targets = [f"{kind}_minutes" for kind in policies.TARGETS]
        promised = [data[name] for name in targets if data.get(name)]
        if not promised and not any(name in self.errors for name in targets):
            self.add_error("first_response_minutes", _("Give at least one of the three times."))
        if promised and (data.get("warn_minutes") or 0) >= min(promised):
            self.add_error("warn_minutes", _("The warning would come before the promise begins. Make it shorter."))
        return data

    def promises(self) -> dict[str, Any]:
        """The fields of the policy as the act takes them."""
        data = self.cleaned_data
        fields = {name: data[name] for name in (*policies.CONDITIONS, *policies.PROMISES)}
        return fields | {"warn_minutes": data["warn_minutes"] or 0}

    def _offer(self, name: str, there: Any, chosen: Sequence[int]) -> None:
        """What is there, and what was chosen before and is gone: unticking it is somebody's decision."""
        known = dict(there)
        gone = {number: _("(no longer there)") for number in chosen if number not in known}
        cast(forms.ChoiceField, self.fields[name]).choices = [*known.items(), *gone.items()]


def length(minutes: int | None) -> str:
    """Minutes as one would type them: 90 dk, 4 sa, 2 gün."""
    if not minutes:
        return ""
    if minutes % MIDNIGHT == 0:
        n, unit = minutes // MIDNIGHT, pgettext_lazy("days", "d")
    elif minutes % 60 == 0:
        n, unit = minutes // 60, pgettext_lazy("hours", "h")
    else:
        n, unit = minutes, pgettext_lazy("minutes", "min")
    return f"{n} {unit}"


def day(spans: Sequence[Sequence[int]]) -> str:
    """One day's hours as one would type them: 09:00–12:30, 13:30–18:00."""
    return ", ".join(f"{written(opens)}–{written(closes)}" for opens, closes in spans)


def _span(text: str) -> tuple[int, int]:
    found = ONE_SPAN.match(text)
    times = [(int(found[n]), int(found[n + 1] or 0)) for n in (1, 3)] if found else []
    if not times or any(hour > 24 or minute > 59 or (hour, minute) > (24, 0) for hour, minute in times):
        raise forms.ValidationError(_("Write it like 09:00-12:30, 13:30-18:00, or leave it empty."))
    opens, closes = (hour * 60 + minute for hour, minute in times)
    if opens in (closes, MIDNIGHT):
        raise forms.ValidationError(_("It closes when it opens. For the whole day write 00:00-24:00."))
    return opens, closes if closes > opens else closes + MIDNIGHT


def _hours_as_typed(one: BusinessHours) -> dict[str, Any]:
    week = one.week if one.week else hours.OFFICE
    return {
        "name": one.name,
        "time_zone": one.time_zone or settings.TIME_ZONE,
        "keeps_holidays": one.keeps_holidays,
        **{name: day(spans) for name, spans in zip(DAYS, week, strict=True)},
    }


def _policy_as_typed(policy: SlaPolicy) -> dict[str, Any]:
    typed = {name: getattr(policy, name) for name in (*policies.CONDITIONS, "pauses_waiting", "pauses_snoozed")}
    lengths = {name: length(getattr(policy, name)) for name in policies.PROMISES if name.endswith("_minutes")}
    return typed | lengths | {"name": policy.name, "hours": policy.hours_id}


@cache
def _zones() -> list[str]:
    """Places, as people look for theirs; not the old names and offsets beside them."""
    areas = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
    return ["UTC", *sorted(zone for zone in available_timezones() if zone.startswith(areas))]


def this_year(today: date, asked: str | None) -> int:
    """The year a page shows: the one asked for, else today's."""
    return int(asked) if asked and asked.isascii() and asked.isdigit() and len(asked) == 4 else today.year
