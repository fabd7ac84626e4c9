"""What the forms of inboxes share, whatever their kind."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from muhatap.accounts.models import Team, User
from muhatap.channels.models import Inbox


class Basics(forms.Form):
    """Its name, who works there, and whether it is in use. A kind's own form adds its settings."""

    inbox: Inbox

    name = forms.CharField(label=_("Name"), max_length=120)
    team = forms.ModelChoiceField(
        Team.objects.order_by("name"), label=_("Team"), required=False, empty_label=_("No team")
    )
    agents = forms.ModelMultipleChoiceField(
        User.objects.filter(is_active=True).order_by("name"),
        label=_("Who works here"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    is_enabled = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def settings(self) -> dict[str, Any]:
        """What the inbox will hold."""
        raise NotImplementedError
