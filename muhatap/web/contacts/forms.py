"""Forms of the contacts area. They keep what was typed; what a value may be is decided in the room."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from muhatap.contacts import designing, fields, profile
from muhatap.contacts.models import Contact, CustomField
from muhatap.web.contacts import words

_HELP = {"number": _("Example: 1,249.90"), "money": _("Example: ₺1,249.90"), "date": _("Example: 2026-11-21")}


class ProfileForm(forms.Form):
    """All fields of a contact, the firm's own after the built-in ones."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, contact: Contact | None = None) -> None:
        self.custom = {field.key: field for field in designing.active()}
        super().__init__(data, initial=self._present(contact) if contact else None)
        for name, label in fields.BUILT_IN.items():
            self.fields[name] = _built_in(name, label, contact)
        for key, field in self.custom.items():
            self.fields[key] = _custom(field, contact)

    def changes(self) -> dict[str, object]:
        """Only what was changed: a value kept from before is not asked for its form again."""
        return {name: self.cleaned_data[name] for name in self.changed_data}

    def refuse(self, error: fields.BadValues) -> None:
        """Show what the room did not accept beside the fields."""
        for name, said in error.errors.items():
            self.add_error(name if name in self.fields else None, said)

    def _present(self, contact: Contact) -> dict[str, str]:
        names = [*fields.BUILT_IN, *self.custom]
        return {name: words.typed(name, profile.value_of(contact, name), self.custom) for name in names}


class FieldForm(forms.Form):
    """One custom field. Its kind can't change later: values are kept in it."""

    label = forms.CharField(label=_("Name of the field"), max_length=80)
    about = forms.ChoiceField(label=_("About"), choices=CustomField.About, initial=CustomField.About.CONTACT)
    kind = forms.ChoiceField(label=_("Kind"), choices=CustomField.Kind)
    choices = forms.CharField(
        label=_("Choices"),
        help_text=_("For a choice field: one on each line."),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, field: CustomField | None = None) -> None:
        initial = (
            {"label": field.label, "kind": field.kind, "choices": "\n".join(map(str, field.choices))} if field else None
        )
        if data:
            data = {"about": CustomField.About.CONTACT, **{name: data[name] for name in data}}
        super().__init__(data, initial=initial)
        if field:
            del self.fields["kind"], self.fields["about"]
            if field.kind != CustomField.Kind.CHOICE:
                del self.fields["choices"]

    def refuse(self, error: designing.BadField) -> None:
        self.add_error(error.field if error.field in self.fields else None, str(error))

    def lines(self) -> list[str]:
        return str(self.cleaned_data.get("choices") or "").splitlines()


class CompanyForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    domain = forms.CharField(label=_("Web address"), max_length=253, required=False)


def _built_in(name: str, label: Any, contact: Contact | None) -> forms.Field:
    if name == "language":
        codes = dict.fromkeys([*words.LANGUAGES, *filter(None, [contact.language if contact else ""])])
        return _choice(label, [(code, words.language(code)) for code in codes])
    longest = fields.LONGEST[name]
    kinds = {"email": "email", "phone": "tel"}
    attributes = {"autocomplete": "off", **({"inputmode": kinds[name]} if name in kinds else {})}
    return forms.CharField(label=label, required=False, max_length=longest, widget=forms.TextInput(attrs=attributes))


def _choice(label: Any, known: list[tuple[str, str]]) -> forms.Field:
    return forms.ChoiceField(label=label, choices=[("", _("Not known")), *known], required=False)


def _custom(field: CustomField, contact: Contact | None) -> forms.Field:
    if field.kind == CustomField.Kind.CHOICE:
        present = contact.fields.get(field.key) if contact else None
        choices = dict.fromkeys(map(str, [*field.choices, *filter(None, [present])]))
        return _choice(field.label, [(choice, choice) for choice in choices])
    return forms.CharField(
        label=field.label,
        required=False,
        max_length=fields.LONGEST_TEXT,
        help_text=_HELP.get(field.kind, ""),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
