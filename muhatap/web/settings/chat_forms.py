"""The form of a chat inbox: what an administrator types, and the settings it becomes."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from muhatap.channels.models import Inbox
from muhatap.channels.webchat.widget import WEEK, origin_of, settings_of
from muhatap.web.common.inbox_forms import Basics

HOURS = re.compile(r"^(\d{1,2})[:.](\d{2})\s*[-–]\s*(\d{1,2})[:.](\d{2})$")
ASKED = [("off", _("Not asked")), ("optional", _("Asked, may stay empty")), ("required", _("Needed"))]
PLAIN = (
    *("accent", "theme", "position", "language", "privacy_url", "ask_name", "ask_email", "max_file_mb", "away_minutes"),
)
DAYS = tuple(f"day_{n}" for n in range(7))


class Hours(forms.CharField):
    """'09:00-18:00' as a pair of clock times, empty for a closed day."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"placeholder": "09:00–18:00", "autocomplete": "off"}
        super().__init__(required=False, max_length=20, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> tuple[str, str] | None:
        text = str(super().clean(value)).strip()
        if not text:
            return None
        found = HOURS.match(text)
        times = [(int(found[n]), int(found[n + 1])) for n in (1, 3)] if found else []
        if not times or any(hour > 24 or minute > 59 or (hour, minute) > (24, 0) for hour, minute in times):
            raise forms.ValidationError(_("Write it like 09:00-18:00, or leave it empty."))
        if times[0] >= times[1]:
            raise forms.ValidationError(_("It closes before it opens."))
        return f"{times[0][0]:02}:{times[0][1]:02}", f"{times[1][0]:02}:{times[1][1]:02}"


class Sites(forms.CharField):
    """One address a line; each becomes what browsers call an origin."""

    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "placeholder": "https://www.firma.com"})

    def clean(self, value: Any) -> list[str]:
        written = str(super().clean(value)).split()
        wrong = [line for line in written if origin_of(line) is None]
        if wrong:
            raise forms.ValidationError(_("“%(line)s” is not a web address.") % {"line": wrong[0]})
        return list(dict.fromkeys(origin_of(line) or "" for line in written))


class ChatForm(Basics):
    """Everything about a widget but its secret, which has a button of its own."""

    origins = Sites(
        label=_("Sites"),
        max_length=4000,
        help_text=_("The chat opens on these only, one a line. https://*.firma.com stands for all its subdomains."),
    )
    accent = forms.RegexField(
        r"^#[0-9a-fA-F]{6}$",
        label=_("Colour"),
        widget=forms.TextInput(attrs={"type": "color"}),
        help_text=_("Where it would be hard to read, the widget makes it darker or lighter."),
    )
    theme = forms.ChoiceField(
        label=_("Light or dark"),
        choices=[("auto", _("As the visitor's system")), ("light", _("Light")), ("dark", _("Dark"))],
    )
    position = forms.ChoiceField(label=_("Side"), choices=[("right", _("Right")), ("left", _("Left"))])
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("As the page")), ("tr", "Türkçe"), ("en", "English")]
    )
    greeting_tr = forms.CharField(label=_("Greeting in Turkish"), max_length=300, required=False)
    greeting_en = forms.CharField(label=_("Greeting in English"), max_length=300, required=False)
    privacy_url = forms.CharField(
        label=_("Address of the privacy notice"), max_length=500, required=False, help_text=_("Linked under the chat.")
    )

    ask_name = forms.ChoiceField(label=_("Name, before the chat"), choices=ASKED)
    ask_email = forms.ChoiceField(label=_("E-mail address, before the chat"), choices=ASKED)
    max_file_mb = forms.IntegerField(label=_("Largest file, in MB"), min_value=1, max_value=100)

    has_hours = forms.BooleanField(
        label=_("We answer in these hours"),
        required=False,
        help_text=_("Outside of them the chat says so and still takes messages. Unticked: always."),
    )
    day_0 = Hours(label=WEEKDAYS[0])
    day_1 = Hours(label=WEEKDAYS[1])
    day_2 = Hours(label=WEEKDAYS[2])
    day_3 = Hours(label=WEEKDAYS[3])
    day_4 = Hours(label=WEEKDAYS[4])
    day_5 = Hours(label=WEEKDAYS[5])
    day_6 = Hours(label=WEEKDAYS[6])

    email_inbox = forms.ModelChoiceField(
        Inbox.objects.filter(kind="email", is_enabled=True).order_by("name"),
        label=_("Answer by e-mail who has left"),
        required=False,
        empty_label=_("No"),
        help_text=_("From this inbox, to the address the visitor gave."),
    )
    away_minutes = forms.IntegerField(label=_("After how many minutes"), min_value=1, max_value=1440)

    def __init__(self, data: Mapping[str, Any] | None = None, *, inbox: Inbox) -> None:
        self.inbox = inbox
        super().__init__(data, initial=starting_values(inbox))

    def clean_privacy_url(self) -> str:
        address = str(self.cleaned_data["privacy_url"]).strip()
        if address and (urlsplit(address).scheme not in ("http", "https") or origin_of(address) is None):
            raise forms.ValidationError(_("An address such as https://firma.com/aydinlatma."))
        return address

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        days_are_right = not any(day in self.errors for day in DAYS)
        if data.get("has_hours") and days_are_right and not any(data.get(day) for day in DAYS):
            self.add_error("has_hours", _("Give the hours of at least one day."))
        return data

    def settings(self) -> dict[str, Any]:
        """What the inbox will hold; what this form does not know (its secret) stays."""
        data = self.cleaned_data
        greeting = {lang: data[f"greeting_{lang}"] for lang in ("tr", "en") if data[f"greeting_{lang}"]}
        return {
            **self.inbox.settings,
            **{name: data[name] for name in PLAIN},
            "origins": data["origins"],
            "greeting": greeting,
            "hours": [data[day] for day in DAYS] if data["has_hours"] else [],
            "time_zone": settings.TIME_ZONE,
            "email_inbox_id": data["email_inbox"].pk if data["email_inbox"] else None,
        }


def starting_values(inbox: Inbox) -> dict[str, Any]:
    """The form of an inbox as it is; a new one is offered the hours of an office."""
    widget = settings_of(inbox.settings)
    hours = widget.hours or WEEK
    return {
        **{name: getattr(widget, name) for name in PLAIN},
        **{f"greeting_{lang}": widget.greeting.get(lang, "") for lang in ("tr", "en")},
        **{day: "–".join(pair) if pair else "" for day, pair in zip(DAYS, hours, strict=False)},
        "has_hours": bool(widget.hours),
        "origins": "\n".join(widget.origins),
        "email_inbox": widget.email_inbox_id,
        "name": inbox.name,
        "team": inbox.team_id,
        "agents": list(inbox.desks.values_list("user_id", flat=True)) if inbox.pk else [],
        "is_enabled": inbox.is_enabled,
    }
