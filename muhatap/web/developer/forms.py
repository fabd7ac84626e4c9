"""Forms of keys and webhooks."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from muhatap.accounts import api_keys, staffing
from muhatap.accounts.models import Role, User
from muhatap.webhooks import endpoints

LIFETIMES = {"30": _("30 days"), "90": _("90 days"), "365": _("A year"), "0": _("Until it is revoked")}


class KeyForm(forms.Form):
    """A new key. Only owners find owners among those it can act as."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("What will use it. Example: shop orders"))
    user = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Acts as"),
        empty_label=_("Choose"),
        help_text=_("The key may do what this person's role allows, and sees the conversations they see."),
    )
    scopes = forms.MultipleChoiceField(label=_("Allows"), widget=forms.CheckboxSelectMultiple)
    days = forms.ChoiceField(label=_("Valid for"), choices=list(LIFETIMES.items()), initial="365")

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True).order_by("name")
        user: Any = self.fields["user"]
        user.queryset = people if staffing.may_touch_owners(by) else people.exclude(role=Role.OWNER)
        scopes: Any = self.fields["scopes"]
        scopes.choices = [(scope, f"{text} ({scope})") for scope, text in api_keys.SCOPES.items()]

    def lifetime(self) -> timedelta | None:
        days = int(self.cleaned_data["days"])
        return timedelta(days=days) if days else None


class HookForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Which system listens. Example: warehouse"))
    url = forms.CharField(
        label=_("Address"),
        max_length=endpoints.LONGEST_URL,
        widget=forms.URLInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Reachable from the public net, best with https. We send a POST there."),
    )
    events = forms.MultipleChoiceField(label=_("Events"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        events: Any = self.fields["events"]
        events.choices = [(event, f"{text} ({event})") for event, text in endpoints.EVENTS.items()]


class Since(forms.Form):
    since_on = forms.DateField(label=_("Failed since"), widget=forms.DateInput(attrs={"type": "date"}))
