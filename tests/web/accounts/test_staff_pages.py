"""Staff, teams, one's own account and the first run, as pages."""

import re

import pytest
from django.core import mail
from django.test import Client
from pytest_django.fixtures import Settings

from muhatap.accounts import founding, staffing
from muhatap.accounts.models import Team, User
from tests import cast

pytestmark = pytest.mark.django_db
INVITATION = {"name": "Gül Taş", "email": "gul@ihlamurev.example", "role": "agent", "visibility": "team"}


@pytest.fixture
def deniz(client: Client) -> User:
    user = cast.deniz()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


def as_(client: Client, user: User) -> Client:
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


class TestStaff:
    def test_the_list_names_everybody_in_turkish_order(self, client: Client, deniz: User) -> None:
        cast.staff("cigdem@ihlamurev.example", "Çiğdem Ak", "agent")
        cast.can()
        page = client.get("/account/staff/").content.decode()
        assert page.index("can@ihl") < page.index("cigdem@ihl") < page.index("deniz@ihl")

    def test_an_invitation_shows_its_link_once_and_mails_it(
        self, client: Client, deniz: User, settings: Settings
    ) -> None:
        settings.HAS_MAIL = True
        page = client.post("/account/staff/invite/", INVITATION).content.decode()
        link = re.search(r"http://localhost:8000/account/invitation/[\w-]+/", page)
        assert link
        assert link[0] in mail.outbox[0].body
        assert mail.outbox[0].to == ["gul@ihlamurev.example"]
        assert link[0] not in client.get("/account/staff/").content.decode()

    def test_without_a_mail_server_the_inviter_hands_it_over(self, client: Client, deniz: User) -> None:
        page = client.post("/account/staff/invite/", INVITATION).content.decode()
        assert "kendiniz verin" in page
        assert mail.outbox == []

    def test_a_mail_server_that_fails_loses_nothing(self, client: Client, deniz: User, settings: Settings) -> None:
        settings.HAS_MAIL = True
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
        page = client.post("/account/staff/invite/", INVITATION).content.decode()
        assert "/account/invitation/" in page
        assert "kendiniz verin" in page

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("email", "gul"),
            ("email", ""),
            ("email", "zeynep@ihlamurev.example"),
            ("name", ""),
            ("name", "x" * 200),
            ("role", "king"),
            ("visibility", "everything"),
        ],
    )
    def test_a_refused_form_says_why_and_keeps_what_was_typed(
        self, client: Client, deniz: User, field: str, value: str
    ) -> None:
        cast.zeynep()
        response = client.post("/account/staff/invite/", INVITATION | {field: value})
        page = response.content.decode()
        assert response.status_code == 422
        assert "field-error" in page
        assert ("Gül Taş" if field != "name" else "gul@ihlamurev.example") in page
        assert User.objects.count() == 2

    def test_an_administrator_finds_no_owner_among_the_roles(self, client: Client) -> None:
        page = as_(client, cast.selin()).get("/account/staff/invite/").content.decode()
        assert 'value="owner"' not in page
        response = client.post("/account/staff/invite/", INVITATION | {"role": "owner"})
        assert response.status_code == 422

    def test_an_administrator_sees_an_owner_but_changes_nothing(self, client: Client) -> None:
        deniz = cast.deniz()
        as_(client, cast.selin())
        page = client.get(f"/account/staff/{deniz.pk}/").content.decode()
        assert '<form method="post">' not in page
        client.post(f"/account/staff/{deniz.pk}/", {"name": "X", "role": "agent", "visibility": "own"})
        client.post(f"/account/staff/{deniz.pk}/deactivate/")
        client.post(f"/account/staff/{deniz.pk}/link/")
        deniz.refresh_from_db()
        assert (deniz.name, deniz.role, deniz.is_active) == ("Deniz Koç", "owner", True)
        assert not deniz.invitations.exists()

    def test_the_last_owner_is_told_what_to_do_first(self, client: Client, deniz: User) -> None:
        response = client.post(
            f"/account/staff/{deniz.pk}/", {"name": "Deniz Koç", "role": "agent", "visibility": "all"}
        )
        assert response.status_code == 422
        assert "Önce başka birini sahip yapın" in response.content.decode()

    def test_roles_teams_and_sight_are_changed_on_one_form(self, client: Client, deniz: User) -> None:
        zeynep, destek = cast.zeynep(), cast.destek()
        client.post(
            f"/account/staff/{zeynep.pk}/",
            {"name": "Zeynep A.", "role": "team_lead", "visibility": "team", "teams": [destek.pk]},
        )
        zeynep.refresh_from_db()
        assert (zeynep.name, zeynep.role, zeynep.visibility) == ("Zeynep A.", "team_lead", "team")
        assert list(zeynep.teams.all()) == [destek]

    def test_leaving_and_coming_back(self, client: Client, deniz: User) -> None:
        zeynep = cast.zeynep()
        client.post(f"/account/staff/{zeynep.pk}/deactivate/")
        assert "Kapatıldı" in client.get("/account/staff/").content.decode()
        page = client.get(f"/account/staff/{zeynep.pk}/").content.decode()
        assert "Yeniden aç" in page
        client.post(f"/account/staff/{zeynep.pk}/reactivate/")
        zeynep.refresh_from_db()
        assert zeynep.is_active

    def test_nobody_deactivates_themselves(self, client: Client, deniz: User) -> None:
        client.post(f"/account/staff/{deniz.pk}/deactivate/")
        assert "Kendinizi kapatamazsınız" in client.get("/account/staff/").content.decode()

    @pytest.mark.parametrize("pk", [0, 999999, 10**18])
    def test_somebody_who_is_not_there(self, client: Client, deniz: User, pk: int) -> None:
        assert client.get(f"/account/staff/{pk}/").status_code == 404
        assert client.post(f"/account/staff/{pk}/link/").status_code == 404


class TestTeams:
    def test_a_team_is_made_filled_and_deleted(self, client: Client, deniz: User) -> None:
        assert "Henüz ekip yok" in client.get("/account/teams/").content.decode()
        client.post("/account/teams/new/", {"name": "Satış", "members": [cast.zeynep().pk]})
        team = Team.objects.get()
        assert list(team.members.all()) == [cast.zeynep()]
        client.post(f"/account/teams/{team.pk}/", {"name": "Toptan satış", "members": []})
        team.refresh_from_db()
        assert (team.name, team.members.count()) == ("Toptan satış", 0)
        client.post(f"/account/teams/{team.pk}/delete/")
        assert not Team.objects.exists()

    def test_a_taken_name_is_refused_and_kept_in_the_field(self, client: Client, deniz: User) -> None:
        cast.destek()
        response = client.post("/account/teams/new/", {"name": "Destek"})
        assert response.status_code == 422
        assert 'value="Destek"' in response.content.decode()


class TestMe:
    def test_name_language_and_theme(self, client: Client) -> None:
        zeynep = cast.zeynep()
        response = as_(client, zeynep).post("/account/", {"name": "Zeynep", "language": "en", "theme": "dark"})
        zeynep.refresh_from_db()
        assert (zeynep.name, zeynep.language, zeynep.theme) == ("Zeynep", "en", "dark")
        assert response.cookies["theme"].value == "dark"
        page = client.get("/account/").content.decode()
        assert 'data-theme="dark"' in page
        assert "Saved." in page

    def test_nothing_else_can_be_changed_there(self, client: Client) -> None:
        zeynep = cast.zeynep()
        as_(client, zeynep).post(
            "/account/", {"name": "Z", "language": "tr", "theme": "system", "role": "owner", "visibility": "all"}
        )
        zeynep.refresh_from_db()
        assert (zeynep.role, zeynep.visibility) == ("agent", "inbox")

    def test_a_refused_form_keeps_what_was_typed(self, client: Client) -> None:
        response = as_(client, cast.zeynep()).post("/account/", {"name": "", "language": "xx", "theme": "dark"})
        assert response.status_code == 422
        assert "Zeynep Arslan" in response.content.decode()

    def test_other_devices_are_listed_and_logged_out(self, client: Client) -> None:
        zeynep = cast.zeynep()
        agents = ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Firefox/130.0", "Mozilla/5.0 (iPhone) Mobile Safari/600")
        clients = [Client(headers={"User-Agent": agent}) for agent in agents]
        for one in clients:
            one.post("/login/", {"login": zeynep.email, "password": cast.PASSWORD})
        page = clients[0].get("/account/").content.decode()
        assert "Firefox, Linux" in page
        assert "Safari, iOS" in page
        clients[0].post("/account/sessions/end/")
        assert clients[0].get("/account/").status_code == 200
        assert clients[1].get("/account/").status_code == 302

    def test_somebody_deactivated_while_logged_in_is_out_at_the_next_click(self, client: Client) -> None:
        zeynep = cast.zeynep()
        as_(client, zeynep)
        staffing.deactivate(user=zeynep, by=None, at=cast.NOW)
        assert client.get("/account/").status_code == 302


class TestSetup:
    FORM = {"name": "Deniz Koç", "email": "deniz@ihlamurev.example", "password": "limon-kolonyasi-12"}

    def test_the_console_word_makes_the_owner_who_is_in_at_once(self, client: Client) -> None:
        word = founding.word()
        assert word in client.get(f"/setup/?word={word}").content.decode()
        client.post("/setup/", self.FORM | {"word": word})
        assert User.objects.get().role == "owner"
        assert client.get("/account/").status_code == 200

    @pytest.mark.parametrize("change", [{"word": "tahmin"}, {"email": "deniz"}, {"password": "kısa"}, {"name": ""}])
    def test_a_refused_form_keeps_what_was_typed(self, client: Client, change: dict[str, str]) -> None:
        response = client.post("/setup/", self.FORM | {"word": founding.word()} | change)
        assert response.status_code == 422
        assert "field-error" in response.content.decode()
        assert not User.objects.exists()

    def test_it_is_gone_once_somebody_is_here(self, client: Client) -> None:
        cast.zeynep()
        assert client.get("/setup/").headers["Location"] == "/login/"
        client.post("/setup/", self.FORM | {"word": founding.word()})
        assert User.objects.count() == 1


class TestSettings:
    def test_everybody_finds_the_pages_they_may_open(self, client: Client) -> None:
        page = as_(client, cast.deniz()).get("/settings/").content.decode()
        assert "/account/staff/" in page
        assert "/account/audit/" in page
        page = as_(client, cast.zeynep()).get("/settings/").content.decode()
        assert "/account/audit/" not in page
        assert 'href="/account/"' in page
