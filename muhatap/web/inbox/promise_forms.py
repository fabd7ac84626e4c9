"""What a person changes of an offered promise before they confirm it."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from muhatap.service.models import Promise
from muhatap.service.promising import MOST_COST, MOST_MINUTES, Terms
from muhatap.web.common.amounts import AmountField

FORMAT = "%Y-%m-%dT%H:%M"


class OfferForm(forms.Form):
    """The words stay those of the draft; how it is called, until when, its kind and its expected cost are a person's."""

    what = forms.CharField(label=_("What do you promise?"), max_length=300)
    due_at = forms.DateTimeField(
        label=pgettext_lazy("promise", "Until when"),
        input_formats=[FORMAT, f"{FORMAT}:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=FORMAT),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Promise.Kind)
    expected_minutes = forms.IntegerField(
        label=_("Expected minutes of work"), required=False, min_value=0, max_value=MOST_MINUTES
    )
    expected_cost = AmountField(label=_("Expected cost"), required=False, max_value=MOST_COST)

    def terms(self, offered: Terms) -> Terms:
        return replace(offered, **self.cleaned_data)


def initial(terms: Terms) -> dict[str, Any]:
    return {"what": terms.what, "due_at": _local(terms.due_at), "kind": terms.kind}


def _local(at: datetime) -> datetime:
    return timezone.localtime(at)
