"""Forms of the rules by which contacts are recognised and values are chosen."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from muhatap.contacts import graph
from muhatap.contacts.graph import Limits
from muhatap.contacts.models import BlockedValue, Identity
from muhatap.contacts.survivorship import STEPS, TRUST, Rule
from muhatap.web.common import identities
from muhatap.web.contacts import words


class LimitsForm(forms.Form):
    """What one kind of identity may prove."""

    priority = forms.IntegerField(
        label=_("Priority"), min_value=1, max_value=9, help_text=_("1 is asked first when several prove somebody.")
    )
    n_per_contact = forms.IntegerField(
        label=_("At most per contact"),
        min_value=1,
        max_value=1000,
        help_text=_("1: two different ones are two people."),
    )
    window_days = forms.IntegerField(
        label=_("Counted over so many days"),
        min_value=1,
        max_value=3650,
        required=False,
        help_text=_("Empty: for ever."),
    )
    n_people = forms.IntegerField(
        label=_("At most people with one value"),
        min_value=1,
        max_value=1000,
        help_text=_("With more it speaks of a household or a firm, and proves nobody."),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, limits: Limits) -> None:
        super().__init__(data, initial=vars(limits))

    def limits(self) -> Limits:
        return Limits(**self.cleaned_data)

    def refuse(self, error: graph.BadRule) -> None:
        self.add_error(error.field if error.field in self.fields else None, str(error))


class BlockForm(forms.Form):
    """A value that is nobody's own."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Identity.Kind)
    how = forms.ChoiceField(label=_("What it is"), choices=BlockedValue.How)
    value = forms.CharField(label=_("Value"), max_length=320, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def refuse(self, error: graph.BadRule) -> None:
        self.add_error(error.field if error.field in self.fields else None, str(error))


class ValueForm(forms.Form):
    """The steps after the first, which is always what a person pinned, and how much each source is believed."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, rule: Rule) -> None:
        own = [step for step in rule.steps if step != "pinned"]
        initial: dict[str, Any] = {f"step_{n}": step for n, step in enumerate(own, 1)}
        super().__init__(data, initial=initial | {f"trust_{name}": n for name, n in rule.trust.items()})
        choices = [(step, words.step(step)) for step in STEPS if step != "pinned"]
        for n in range(1, len(STEPS)):
            self.fields[f"step_{n}"] = forms.ChoiceField(label=_("%(n)d. step") % {"n": n}, choices=choices)
        for name in sorted(TRUST.keys() - {"header"}, key=lambda name: (-TRUST[name], name)):
            label = identities.first_upper(identities.source(name))
            self.fields[f"trust_{name}"] = forms.IntegerField(label=label, min_value=1, max_value=99)

    def steps(self) -> list[str]:
        return ["pinned", *(self.cleaned_data[f"step_{n}"] for n in range(1, len(STEPS)))]

    def trust(self) -> dict[str, int]:
        """A mail's header is believed as the mail is."""
        told = {name: self.cleaned_data[f"trust_{name}"] for name in TRUST if name != "header"}
        return told | {"header": told["email"]}

    def order(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("step_")]

    def sources(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("trust_")]
