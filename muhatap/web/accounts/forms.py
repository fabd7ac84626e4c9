"""Forms of one's own account, of staff, teams and the first run."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from muhatap.accounts.models import Role, Team, User, Visibility

PASSWORD_HELP = _("At least 10 characters; neither your name nor a password many people use.")


class Password(forms.CharField):
    """A new password. It is validated in `clean`, with what is known of the person."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
        super().__init__(label=_("Password"), widget=widget, strip=False, help_text=PASSWORD_HELP, **kwargs)


class Me(forms.ModelForm):  # type: ignore[type-arg]
    theme = forms.ChoiceField(
        label=_("Appearance"), choices=[("system", _("As the system")), ("light", _("Light")), ("dark", _("Dark"))]
    )

    class Meta:
        model = User
        fields = ["name", "language", "theme"]
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["theme"] = self.instance.theme or "system"

    def clean_theme(self) -> str:
        chosen = str(self.cleaned_data["theme"])
        return "" if chosen == "system" else chosen


class Person(forms.Form):
    """What the staff page says about somebody. Only owners find "owner" among the roles."""

    name = forms.CharField(label=_("Name"), max_length=120)
    role = forms.ChoiceField(label=_("Role"))
    visibility = forms.ChoiceField(
        label=_("Sees"),
        choices=Visibility.choices,
        initial=Visibility.INBOX,
        help_text=_("Lists, counts, search and notifications show these conversations and no others."),
    )
    teams = forms.ModelMultipleChoiceField(
        Team.objects.order_by("name"), label=_("Teams"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, may_make_owners: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role: Any = self.fields["role"]
        role.choices = [choice for choice in Role.choices if may_make_owners or choice[0] != Role.OWNER]
        role.initial = Role.AGENT
        if not Team.objects.exists():
            del self.fields["teams"]


class Invitee(Person):
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    field_order = ["name", "email", "role", "visibility", "teams"]


class Founder(forms.Form):
    """The first owner of a new installation."""

    word = forms.CharField(
        label=_("Setup word"),
        help_text=_("It stands in the console where Muhatap was started."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = Password()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        _validate(self, User(email=data.get("email", ""), name=data.get("name", "")))
        return data


class FirstPassword(forms.Form):
    """Behind an invitation's link."""

    password = Password()

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        _validate(self, self.user)
        return data


class TeamForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    members = forms.ModelMultipleChoiceField(
        User.objects.filter(is_active=True).order_by("name"),
        label=_("Members"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


def _validate(form: forms.Form, user: User) -> None:
    if password := form.cleaned_data.get("password"):
        try:
            validate_password(password, user)
        except forms.ValidationError as error:
            form.add_error("password", error)
