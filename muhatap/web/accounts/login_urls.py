"""Logging in. Only the pages of allauth that we use, under our own addresses; each that needs a login says so here."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.conf import settings
from django.urls import path, re_path

from muhatap.accounts import founding
from muhatap.web.accounts import first_run, language, me
from muhatap.web.common.doors import needs

own = needs("account.own")

urlpatterns = [
    path("setup/", first_run.setup, name="setup"),
    path("language/", language.switch, name="language"),
    path("login/", account.LoginView.as_view(extra_context={"is_new": founding.is_open}), name="account_login"),
    path("login/inactive/", account.account_inactive, name="account_inactive"),
    path("login/second/", mfa.authenticate, name="mfa_authenticate"),
    path("login/passkey/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("login/again/", own(account.reauthenticate), name="account_reauthenticate"),
    path("login/again/code/", own(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("login/again/passkey/", own(webauthn.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("logout/", account.logout, name="account_logout"),
    path("signup/", account.signup, name="account_signup"),  # says that it is closed
    path(
        "password/forgotten/",
        account.PasswordResetView.as_view(extra_context={"has_mail": lambda: settings.HAS_MAIL}),
        name="account_reset_password",
    ),
    path("password/forgotten/sent/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/new/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("account/password/", own(account.password_change), name="account_change_password"),
    path("account/password/first/", own(account.password_set), name="account_set_password"),
    path("account/security/", me.security, name="mfa_index"),
    path("account/security/app/", own(totp.activate_totp), name="mfa_activate_totp"),
    path("account/security/app/off/", own(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("account/security/codes/", own(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "account/security/codes/new/", own(recovery_codes.generate_recovery_codes), name="mfa_generate_recovery_codes"
    ),
    path(
        "account/security/codes/file/", own(recovery_codes.download_recovery_codes), name="mfa_download_recovery_codes"
    ),
    path("account/security/passkeys/", own(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("account/security/passkeys/new/", own(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path("account/security/passkeys/<int:pk>/name/", own(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    path("account/security/passkeys/<int:pk>/remove/", own(webauthn.remove_webauthn), name="mfa_remove_webauthn"),
]
