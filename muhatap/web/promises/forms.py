"""What people type about promises: what, until when, at what cost; how it ended and what it took."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.service.models import Promise
from muhatap.service.promising import MOST_COST, MOST_MINUTES, Terms
from muhatap.web.common.amounts import AmountField

CURRENCIES = ("TRY", "EUR", "USD", "GBP")
OUTCOMES = (
    ("kept", pgettext_lazy("promise", "Kept")),
    ("broken", pgettext_lazy("promise", "Broken")),
    ("withdrawn", pgettext_lazy("promise", "Withdrawn")),
)


def moment(**more: Any) -> forms.DateTimeField:
    """A day and a time in the firm's zone, as browsers write them."""
    attrs = {"type": "datetime-local"}
    formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    widget = forms.DateTimeInput(attrs=attrs, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(input_formats=formats, widget=widget, **more)


def minutes(**more: Any) -> forms.IntegerField:
    return forms.IntegerField(required=False, min_value=0, max_value=MOST_MINUTES, **more)


def cost(**more: Any) -> AmountField:
    return AmountField(required=False, max_value=MOST_COST, **more)


class PromiseForm(forms.Form):
    what = forms.CharField(
        label=_("What do you promise?"), max_length=300, widget=forms.TextInput(attrs={"autofocus": True})
    )
    due_at = moment(label=pgettext_lazy("promise", "Until when"))
    kind = forms.ChoiceField(label=_("Kind"), choices=Promise.Kind)
    expected_minutes = minutes(label=_("Expected minutes of work"))
    expected_cost = cost(label=_("Expected cost"))
    currency = forms.ChoiceField(label=_("Currency"), choices=[(code, code) for code in CURRENCIES], required=False)

    def terms(self) -> Terms:
        told = self.cleaned_data
        return Terms(
            what=told["what"],
            due_at=told["due_at"],
            time_zone=timezone.get_current_timezone_name(),
            kind=told["kind"],
            expected_minutes=told["expected_minutes"],
            expected_cost=told["expected_cost"],
            currency=told["currency"] or CURRENCIES[0],
        )


class EndForm(forms.Form):
    """How it ended; whoever breaks or withdraws it says why."""

    outcome = forms.ChoiceField(label=_("How did it end?"), choices=OUTCOMES, widget=forms.RadioSelect)
    ended_at = moment(
        label=_("When was that?"),
        required=False,
        help_text=_("Empty means now. Whether it was in time is counted by this."),
    )
    minutes = minutes(label=_("Minutes it took"))
    cost = cost(label=_("Money it took"))
    why = forms.CharField(
        label=_("Why"), max_length=300, required=False, help_text=_("Needed for a promise that was not kept.")
    )

    def how(self) -> dict[str, int | Decimal | str | datetime | None]:
        return {name: self.cleaned_data[name] for name in ("ended_at", "minutes", "cost", "why")}


class PutOffForm(forms.Form):
    due_at = moment(label=_("New moment"))
    why = forms.CharField(label=_("Why"), max_length=300)


class GiveForm(forms.Form):
    """Who may owe it instead of whoever does now."""

    to = forms.ChoiceField(label=_("Give to"))

    def __init__(self, *args: Any, promise: Promise, **more: Any) -> None:
        super().__init__(*args, **more)
        others = sorted(User.objects.filter(is_active=True).exclude(pk=promise.by_id), key=lambda user: user.sort_key)
        self.people = {str(user.pk): user for user in others if may(user, "promises.make")}
        field = self.fields["to"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "…"), *((key, str(user)) for key, user in self.people.items())]

    def person(self) -> User:
        return self.people[self.cleaned_data["to"]]


def local(at: datetime) -> str:
    """As the browser's field wants it."""
    return f"{timezone.localtime(at):%Y-%m-%dT%H:%M}"
