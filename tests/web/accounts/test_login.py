"""In, out, with a second step, and what of it is written down."""

import re
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core import mail
from django.test import Client
from pytest_django.fixtures import Settings

from muhatap.accounts import inviting, staffing
from muhatap.accounts.models import AuditEntry, User
from muhatap.shared import clock
from tests import cast

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXP"


def log_in(client: Client, user: User | None = None, password: str = cast.PASSWORD, **more: str) -> object:
    user = user or cast.zeynep()
    return client.post("/login/", {"login": user.email, "password": password, **more})


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def acts() -> list[str]:
    return list(AuditEntry.objects.order_by("id").values_list("act", flat=True))


def code(secret: str = SECRET) -> str:
    """What the telephone shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


class TestIn:
    def test_with_mail_address_and_password(self, client: Client) -> None:
        response = client.post("/login/?next=/settings/", {"login": cast.zeynep().email, "password": cast.PASSWORD})
        assert response.status_code == 302
        assert is_in(client)

    def test_the_case_of_the_address_does_not_matter(self, client: Client) -> None:
        client.post("/login/", {"login": cast.zeynep().email.upper(), "password": cast.PASSWORD})
        assert is_in(client)

    def test_a_wrong_password_keeps_the_address_and_says_why(self, client: Client) -> None:
        response = log_in(client, password="yanlış")
        page = response.content.decode()  # type: ignore[attr-defined]
        assert not is_in(client)
        assert "zeynep@ihlamurev.example" in page
        assert "yanlış" not in page

    def test_an_unknown_address_gets_the_same_words(self, client: Client) -> None:
        known = log_in(client, password="yanlış").content.decode()  # type: ignore[attr-defined]
        unknown = client.post("/login/", {"login": "kimse@baska.example", "password": "yanlış"}).content.decode()
        error = re.compile(r'<div class="alert-text"><b>(.*?)</b>')
        assert error.findall(known) == error.findall(unknown) != []

    def test_too_many_tries_are_stopped_even_with_the_right_password(self, client: Client) -> None:
        for _n in range(5):
            log_in(client, password="yanlış")
        log_in(client)
        assert not is_in(client)

    def test_nobody_is_sent_to_another_site(self, client: Client) -> None:
        response = client.post(
            "/login/?next=https://baska.example/", {"login": cast.zeynep().email, "password": cast.PASSWORD}
        )
        assert urlsplit(response.headers["Location"]).netloc == ""

    def test_a_session_ends_with_the_browser_unless_asked_otherwise(self, client: Client) -> None:
        log_in(client)
        assert client.session.get_expire_at_browser_close()
        client.post("/logout/")
        log_in(client, remember="on")
        assert not client.session.get_expire_at_browser_close()

    def test_somebody_deactivated_is_told_kindly(self, client: Client) -> None:
        staffing.deactivate(user=cast.zeynep(), by=cast.deniz(), at=cast.NOW)
        response = log_in(client)
        assert not is_in(client)
        assert response.status_code in (200, 302)  # type: ignore[attr-defined]

    def test_sign_up_is_closed(self, client: Client) -> None:
        client.post("/signup/", {"email": "ben@baska.example", "password1": "uzun-bir-parola-42"})
        assert not User.objects.exists()

    def test_an_empty_installation_points_to_its_setup(self, client: Client) -> None:
        assert "/setup/" in client.get("/login/").content.decode()
        cast.deniz()
        assert "/setup/" not in client.get("/login/").content.decode()


class TestSecondStep:
    @pytest.fixture(autouse=True)
    def _has_totp(self) -> None:
        TOTP.activate(cast.zeynep(), SECRET)

    def test_the_password_alone_does_not_let_in(self, client: Client) -> None:
        response = log_in(client)
        assert response.headers["Location"].startswith("/login/second/")  # type: ignore[attr-defined]
        assert not is_in(client)
        assert client.get("/login/second/").status_code == 200

    def test_the_code_of_the_telephone_does(self, client: Client) -> None:
        log_in(client)
        client.post("/login/second/", {"code": code()})
        assert is_in(client)
        assert acts() == ["login"]

    def test_a_wrong_code_does_not_and_is_written_down(self, client: Client) -> None:
        log_in(client)
        client.post("/login/second/", {"code": "000000"})
        assert not is_in(client)
        assert acts() == ["login.fail_second"]

    def test_a_recovery_code_lets_in_once(self, client: Client) -> None:
        RecoveryCodes.activate(cast.zeynep())
        one = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
        log_in(client)
        client.post("/login/second/", {"code": one})
        assert is_in(client)
        client.post("/logout/")
        log_in(client)
        client.post("/login/second/", {"code": one})
        assert not is_in(client)

    def test_secrets_are_sealed_in_the_database(self) -> None:
        assert SECRET not in str(Authenticator.objects.values_list("data", flat=True).get())

    def test_with_another_key_no_code_is_right_and_nothing_breaks(self, client: Client, settings: Settings) -> None:
        log_in(client)
        totp = Authenticator.objects.get()
        totp.data = {"secret": "gAAAAA-of-another-installation"}
        totp.save()
        assert client.post("/login/second/", {"code": code()}).status_code == 200
        assert not is_in(client)


class TestWrittenDown:
    def test_coming_failing_and_going(self, client: Client) -> None:
        log_in(client, password="yanlış")
        log_in(client)
        client.post("/logout/")
        assert acts() == ["login.fail", "login", "logout"]
        failed = AuditEntry.objects.get(act="login.fail")
        assert (failed.by_id, failed.object_id, failed.details) == (None, str(cast.zeynep().pk), {"ip": "127.0.0.1"})
        assert AuditEntry.objects.get(act="login").details["methods"] == ["password"]

    def test_an_address_nobody_has(self, client: Client) -> None:
        client.post("/login/", {"login": "kimse@baska.example", "password": "x"})
        assert AuditEntry.objects.get().object_name == "kimse@baska.example"

    def test_no_password_ever(self, client: Client) -> None:
        log_in(client, password="gizli-yanlis-parola")
        assert "gizli" not in str(list(AuditEntry.objects.values()))

    @pytest.mark.parametrize("credential", ["", "x", "{}", '{"id": "x"}', "[]", "null", "1"])
    def test_a_passkey_that_is_none(self, client: Client, credential: str) -> None:
        cast.zeynep()
        response = client.post("/login/passkey/", {"credential": credential})
        assert response.status_code == 302
        assert not is_in(client)

    @pytest.mark.parametrize("credential", ["", "x", "{}", '{"id": "x"}', "[]", "1", '{"id": 1, "rawId": 2}'])
    def test_a_passkey_that_cannot_be_added(self, client: Client, credential: str) -> None:
        log_in(client)
        client.post("/login/again/?next=/account/", {"password": cast.PASSWORD})
        form = {"name": "Telefon", "credential": credential, "passwordless": "on"}
        response = client.post("/account/security/passkeys/new/", form)
        assert response.status_code == 200
        assert "Telefon" in response.content.decode()
        assert not Authenticator.objects.exists()

    def test_a_changed_password(self, client: Client) -> None:
        log_in(client)
        client.post("/account/password/", {"oldpassword": cast.PASSWORD, "password1": "bambaska-bir-parola-7"})
        assert acts() == ["login", "password.change"]
        assert is_in(client)
        cast.zeynep()
        assert User.objects.get().check_password("bambaska-bir-parola-7")

    def test_the_authenticator_app_on_and_off(
        self, client: Client, django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]]
    ) -> None:
        log_in(client)
        client.post("/login/again/?next=/account/security/app/", {"password": cast.PASSWORD})
        assert "data:image/svg+xml" in client.get("/account/security/app/").content.decode()
        with django_capture_on_commit_callbacks(execute=True):
            client.post("/account/security/app/", {"code": code(client.session["mfa.totp.secret"])})
        assert "totp.activate" in acts()
        assert client.get("/account/security/codes/").status_code == 200
        client.post("/account/security/app/off/")
        assert acts()[-1] == "totp.deactivate"
        assert not Authenticator.objects.exists()

    def test_a_wrong_password_before_something_delicate(self, client: Client) -> None:
        log_in(client)
        client.post("/login/again/", {"password": "yanlış"})
        assert acts() == ["login", "login.fail_again"]


class TestForgotten:
    def test_a_mailed_link_sets_a_new_password(self, client: Client, settings: Settings) -> None:
        settings.HAS_MAIL = True
        cast.zeynep()
        assert "email" in client.get("/password/forgotten/").content.decode()
        client.post("/password/forgotten/", {"email": "zeynep@ihlamurev.example"})
        link = re.search(r"https?://\S+", mail.outbox[0].body)
        assert link
        page = client.get(urlsplit(link[0]).path, follow=True)
        assert page.status_code == 200
        answer = client.post(page.redirect_chain[-1][0], {"password1": "bambaska-bir-parola-7"})
        assert answer.status_code == 302
        assert User.objects.get().check_password("bambaska-bir-parola-7")
        assert acts() == ["password.reset"]

    def test_a_stranger_gets_no_mail_and_the_same_page(self, client: Client) -> None:
        response = client.post("/password/forgotten/", {"email": "kimse@baska.example"})
        assert response.headers["Location"] == "/password/forgotten/sent/"
        assert mail.outbox == []

    def test_without_a_mail_server_it_says_whom_to_ask(self, client: Client) -> None:
        page = client.get("/password/forgotten/").content.decode()
        assert "bağlantısı isteyin" in page
        assert 'name="email"' not in page

    def test_a_made_up_link_says_so(self, client: Client) -> None:
        page = client.get("/password/new/1-abc-def/").content.decode()
        assert "geçmiyor" in page


class TestInvited:
    def invite(self) -> inviting.Invited:
        return inviting.invite(
            email="gul@ihlamurev.example", name="Gül Taş", role="agent", visibility="team", teams_of=[],
            by=cast.deniz(), at=clock.now(),
        )  # fmt: skip

    def test_the_link_leads_in(self, client: Client) -> None:
        url = f"/account/invitation/{self.invite().token}/"
        assert "Gül Taş" in client.get(url).content.decode()
        client.post(url, {"password": "limon-kolonyasi-12"})
        assert is_in(client)
        assert acts()[-2:] == ["staff.accept", "login"]

    @pytest.mark.parametrize("password", ["kısa", "password123", "gul@ihlamurev.example", ""])
    def test_a_weak_password_is_refused_with_a_reason(self, client: Client, password: str) -> None:
        invited = self.invite()
        response = client.post(f"/account/invitation/{invited.token}/", {"password": password})
        assert response.status_code == 422
        assert "field-error" in response.content.decode()
        assert not is_in(client)

    def test_a_used_or_old_link_is_gone(self, client: Client) -> None:
        invited = self.invite()
        invited.invitation.expires_at = clock.now() - timedelta(minutes=1)
        invited.invitation.created_at = clock.now() - timedelta(days=8)
        invited.invitation.save()
        assert client.get(f"/account/invitation/{invited.token}/").status_code == 410

    def test_a_new_password_by_link_does_not_go_around_the_second_step(self, client: Client) -> None:
        TOTP.activate(cast.zeynep(), SECRET)
        link = inviting.renew(user=cast.zeynep(), by=cast.deniz(), at=clock.now())
        response = client.post(f"/account/invitation/{link.token}/", {"password": "limon-kolonyasi-12"})
        assert response.headers["Location"].startswith("/login/second/")
        assert not is_in(client)
