"""The forms of canned replies and signatures."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from muhatap.accounts.models import Team, User
from muhatap.channels.models import Inbox
from muhatap.conversations.visibility import visible_inboxes
from muhatap.shared import richtext
from muhatap.web.writing import samples
from muhatap.writing import rendering
from muhatap.writing.models import LANGUAGES, CannedReply

Scope = CannedReply.Scope


class Template(forms.CharField):
    """The text of a template, as the editor writes it. A fault is told with its line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=rendering.LONGEST * 2, widget=forms.HiddenInput(), **kwargs)

    def clean(self, value: Any) -> str:
        html = richtext.clean(str(super().clean(value)))
        if not richtext.to_text(html).strip():
            raise forms.ValidationError(_("Write at least one word."))
        try:
            rendering.check(html)
        except rendering.Invalid as error:
            raise forms.ValidationError(samples.fault(error)) from error
        return html


class CannedForm(forms.Form):
    """A canned reply; who may not share writes for themselves."""

    title = forms.CharField(label=_("Title"), max_length=120)
    shortcut = forms.RegexField(
        r"^/?[\w-]+$",
        label=_("Shortcut"),
        max_length=40,
        required=False,
        help_text=_("Typed after “/” while writing, for example “cargo”."),
        error_messages={"invalid": _("Letters, digits and hyphens, without spaces.")},
    )
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, required=False)
    scope = forms.ChoiceField(label=_("For whom"), choices=Scope.choices)
    team = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.objects.order_by("name"), required=False, empty_label=_("No team")
    )
    inboxes = forms.ModelMultipleChoiceField(
        label=_("Inboxes"), queryset=Inbox.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    html = Template(label=_("Text"))

    def __init__(self, *args: Any, user: User, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        inboxes = cast("forms.ModelMultipleChoiceField[Inbox]", self.fields["inboxes"])
        inboxes.queryset = visible_inboxes(user).order_by("name")
        if not may_share:
            cast(forms.ChoiceField, self.fields["scope"]).choices = [(Scope.MINE, Scope.MINE.label)]
            del self.fields["team"], self.fields["inboxes"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        scope = given.get("scope")
        if scope == Scope.TEAM and not given.get("team"):
            self.add_error("team", _("Choose a team."))
        if scope == Scope.INBOXES and not given.get("inboxes"):
            self.add_error("inboxes", _("Choose at least one inbox."))
        return given


class SignatureForm(forms.Form):
    """Where a signature stands, and what it says. An empty place means any."""

    inbox = forms.ModelChoiceField(
        label=_("Inbox"), queryset=Inbox.objects.none(), required=False, empty_label=_("Any")
    )
    user = forms.ModelChoiceField(label=_("Agent"), queryset=User.objects.none(), required=False, empty_label=_("Any"))
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, required=False)
    html = Template(label=_("Signature"))

    def __init__(self, *args: Any, user: User, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        inboxes = cast("forms.ModelChoiceField[Inbox]", self.fields["inbox"])
        inboxes.queryset = visible_inboxes(user).filter(kind="email").order_by("name")
        agents = cast("forms.ModelChoiceField[User]", self.fields["user"])
        agents.queryset = (
            User.objects.filter(is_active=True).order_by("name") if may_share else User.objects.filter(pk=user.pk)
        )
        if not may_share:
            agents.required, agents.empty_label, agents.initial = True, None, user.pk
