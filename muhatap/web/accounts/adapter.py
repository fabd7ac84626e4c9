"""Where allauth's steps meet our house: closed sign-up, sealed secrets, and every event in the audit, without signals."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.shared import clock, secrets

# Every change of a password or a second factor ends with allauth announcing it by mail; there it is also written down.
ACTS = {
    "account/email/password_changed": "password.change",
    "account/email/password_set": "password.change",
    "account/email/password_reset": "password.reset",
    "mfa/email/totp_activated": "totp.activate",
    "mfa/email/totp_deactivated": "totp.deactivate",
    "mfa/email/webauthn_added": "passkey.add",
    "mfa/email/webauthn_removed": "passkey.remove",
    "mfa/email/recovery_codes_generated": "recovery_codes.generate",
}


class StaffAccounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Staff come by invitation; what they do with their login is audited."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("E-mail and password do not belong together."),
        "too_many_login_attempts": _("Too many tries. Wait five minutes and try again."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_password": _("This is not your password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The server in front of Django already put the visitor's address here, from trusted proxies only."""
        return address_of(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        email = str(credentials.get("email", ""))
        user = User.objects.filter(email=email.lower()).first()
        act = "login.fail_again" if request.user.is_authenticated else "login.fail"
        record_for(request, None, act, user=user, name=str(user) if user else email)

    def post_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **more)
        used = request.session.get("account_authentication_methods", [])
        record_for(request, user, "login", user=user, methods=[method.get("method", "") for method in used])
        return response

    def logout(self, request: HttpRequest) -> None:
        if isinstance(request.user, User):
            record_for(request, request.user, "logout", user=request.user)
        super().logout(request)

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        record_for(self.request, user, ACTS.get(template_prefix, template_prefix), user=user)
        super().send_notification_mail(template_prefix, user, context, email or user.email)


class StaffFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors: their secrets are sealed with the installation's key."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right or no longer. Type the one the app shows now."),
    }

    def encrypt(self, text: str) -> str:
        return secrets.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """With a lost key no code is right any more, which is the safe side; an owner renews the person's access."""
        try:
            return secrets.unseal(encrypted_text)
        except secrets.SecretLost:
            return ""

    def _get_site_name(self) -> str:
        return str(settings.FIRM_NAME)


def address_of(request: HttpRequest) -> str:
    return request.META.get("REMOTE_ADDR") or "127.0.0.1"  # empty on a Unix socket


def record_for(
    request: HttpRequest, by: User | None, act: str, *, user: User | None, name: str = "", **details: object
) -> None:
    """One audit entry about a login, with the address it came from."""
    audit.record(
        by=by,
        at=clock.now(),
        act=act,
        kind="user",
        id=user.pk if user else "",
        name=name or (str(user) if user else ""),
        ip=address_of(request),
        **details,
    )
