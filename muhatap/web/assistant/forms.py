"""Where the assistant is, and what it does. The key that is stored never comes back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from muhatap.assistant import setting
from muhatap.assistant.models import Assistant
from muhatap.assistant.setting import Wanted


class AssistantForm(forms.Form):
    url = forms.CharField(
        label=_("Address"),
        max_length=1000,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Up to /v1, for example https://api.example.com/v1 or http://localhost:11434/v1."),
    )
    model = forms.CharField(
        label=_("Model"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("As the server calls it."),
    )
    key = forms.CharField(
        label=_("Key"),
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Servers of your own often need none."),
    )
    forget_key = forms.BooleanField(label=_("Remove the stored key"), required=False)
    seconds = forms.IntegerField(
        label=_("Seconds an answer may take"),
        min_value=setting.SHORTEST,
        max_value=setting.LONGEST,
        help_text=_("Models on a machine without a graphics card need minutes."),
    )
    does_draft = forms.BooleanField(
        label=_("Suggest drafts"), required=False, help_text=_("Sends the newest messages of a conversation.")
    )
    does_summarise = forms.BooleanField(
        label=_("Summarise"), required=False, help_text=_("Sends the newest messages of a conversation.")
    )
    does_translate = forms.BooleanField(
        label=_("Translate"),
        required=False,
        help_text=_("Sends the customer’s last message, or the draft of an answer."),
    )

    def __init__(self, data: Any = None, *, row: Assistant) -> None:
        names = ("url", "model", "seconds", "does_draft", "does_summarise", "does_translate")
        super().__init__(data, initial={name: getattr(row, name) for name in names})
        if row.key_sealed:
            self.fields["key"].help_text = _("One is stored. Leave it empty to keep it.")
        else:
            del self.fields["forget_key"]

    def clean_url(self) -> str:
        return str(self.cleaned_data["url"]).strip()

    def clean_key(self) -> str:
        key = str(self.cleaned_data["key"]).strip()
        if not key.isascii() or not key.isprintable() or " " in key:
            raise forms.ValidationError(_("A key has neither spaces nor accents. Copy it once more."))
        return key

    def wanted(self) -> Wanted:
        data = self.cleaned_data
        key = data["key"] or ("" if data.get("forget_key") else None)
        names = ("url", "model", "seconds", "does_draft", "does_summarise", "does_translate")
        return Wanted(key=key, **{name: data[name] for name in names})
