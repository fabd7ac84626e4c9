"""allauth's forms in our words: labels instead of placeholders, one password field, failures audited."""

from typing import Any

from allauth.account import forms as account
from allauth.core import context
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.utils.translation import gettext_lazy as _

from muhatap.web.accounts.adapter import record_for
from muhatap.web.accounts.forms import PASSWORD_HELP


class Plain(forms.Form):
    """Labels stand above their fields, so nothing stands inside them; a typed password is not asked for twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("password2", None)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in ("password", "oldpassword"):
                field.help_text = ""  # "Forgot it?" stands once on the page, not inside the form
            if name == "oldpassword":
                field.label = _("Current password")
            if name == "password1":
                field.label = _("New password")
                field.help_text = PASSWORD_HELP


class Login(Plain, account.LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail")
        self.fields["login"].widget.attrs |= {"autocomplete": "username", "autofocus": True}
        self.fields["remember"].label = _("Stay logged in on this device")


class ForgottenPassword(Plain, account.ResetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail")


class NewPassword(Plain, account.ResetPasswordKeyForm):  # type: ignore[misc]
    pass


class ChangedPassword(Plain, account.ChangePasswordForm):  # type: ignore[misc]
    pass


class PasswordAgain(Plain, account.ReauthenticateForm):  # type: ignore[misc]
    pass


class _Coded(Plain):
    """A code from the telephone. A wrong one is written down."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code")
        self.fields["code"].widget.attrs |= {"autofocus": True, "inputmode": "numeric"}

    def clean_code(self) -> str:
        try:
            return str(super().clean_code())  # type: ignore[misc]
        except forms.ValidationError:
            record_for(context.request, None, "login.fail_second", user=self.user)  # type: ignore[attr-defined]
            raise


class SecondFactor(_Coded, mfa.AuthenticateForm):  # type: ignore[misc]
    pass


class SecondFactorAgain(_Coded, mfa.ReauthenticateForm):  # type: ignore[misc]
    pass


class NewTotp(Plain, totp.ActivateTOTPForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code shown by the app")
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class NewPasskey(Plain, webauthn.AddWebAuthnForm):  # type: ignore[misc]
    """Always a passkey, which logs in by itself; the name tells one device from another."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the device")
        self.fields["passwordless"].widget = forms.HiddenInput()
        self.initial.update(passwordless="on", name="")

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean() or {}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise forms.ValidationError(_("The browser gave no passkey.")) from error


class RenamedPasskey(Plain, webauthn.EditWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the device")


class _Credential(forms.Form):
    """allauth takes a malformed answer of a browser apart without looking; here it is only a wrong one."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            self._write_down()
            raise forms.ValidationError(_("This passkey is not known here.")) from error
        except forms.ValidationError:
            self._write_down()
            raise

    def _write_down(self) -> None:
        record_for(context.request, None, "login.fail", user=getattr(self, "user", None), methods=["passkey"])


class PasskeyLogin(_Credential, webauthn.LoginWebAuthnForm):  # type: ignore[misc]
    pass


class PasskeySecond(_Credential, webauthn.AuthenticateWebAuthnForm):  # type: ignore[misc]
    pass


class PasskeyAgain(_Credential, webauthn.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    pass
