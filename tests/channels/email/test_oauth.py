"""Tokens for Google and Microsoft, against a token server of this machine.

What cannot be tried here is the providers themselves: their consent pages, their own answers to a withdrawn grant, and
whether a tenant's administrator allows IMAP and SMTP at all.
"""

import http.server
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import override_settings

from muhatap.channels.email import access, oauth
from muhatap.channels.email.models import Grant
from muhatap.shared import outgoing, secrets
from tests import cast

pytestmark = pytest.mark.django_db


class TokenServer(http.server.ThreadingHTTPServer):
    """Answers as it is told, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.asked: list[dict[str, str]] = []
        self.answer: tuple[int, object] = (200, {"access_token": "ya29.new", "expires_in": 3599})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/token"


class _Answers(http.server.BaseHTTPRequestHandler):
    server: TokenServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append({name: values[0] for name, values in parse_qs(body).items()})
        status, answer = self.server.answer
        content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def provider() -> Iterator[TokenServer]:
    server = TokenServer()
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    with override_settings(OAUTH_TOKEN_URLS={"google": server.url, "microsoft": server.url}):
        yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def grant() -> Grant:
    return Grant.objects.create(
        inbox=cast.support_inbox(),
        provider="microsoft",
        client_id="ihlamur",
        client_secret_sealed=secrets.seal("gizli"),
        refresh_token_sealed=secrets.seal("tazele-1"),
    )


def test_a_token_is_fetched_once_and_used_until_it_ends(provider: TokenServer, grant: Grant) -> None:
    assert oauth.access_token(grant.inbox_id, at=cast.NOW) == "ya29.new"
    assert oauth.access_token(grant.inbox_id, at=cast.NOW) == "ya29.new"
    assert provider.asked == [
        {"grant_type": "refresh_token", "refresh_token": "tazele-1", "client_id": "ihlamur", "client_secret": "gizli"}
    ]
    Grant.objects.update(expires_at=cast.NOW + timedelta(seconds=30))
    oauth.access_token(grant.inbox_id, at=cast.NOW)
    assert len(provider.asked) == 2


def test_a_new_refresh_token_takes_the_place_of_the_old(provider: TokenServer, grant: Grant) -> None:
    provider.answer = (200, {"access_token": "a", "refresh_token": "tazele-2", "expires_in": "60"})
    oauth.access_token(grant.inbox_id, at=cast.NOW)
    oauth.access_token(grant.inbox_id, at=cast.NOW)
    assert provider.asked[1]["refresh_token"] == "tazele-2"


def test_nothing_secret_lies_readable_in_the_database(provider: TokenServer, grant: Grant) -> None:
    oauth.access_token(grant.inbox_id, at=cast.NOW)
    row = str(Grant.objects.values().get())
    assert not any(secret in row for secret in ("ya29", "tazele", "gizli"))


@pytest.mark.parametrize(
    "answer",
    [
        (400, {"error": "invalid_grant", "error_description": "revoked"}),
        (200, {}),
        (200, b"<html>"),
        (500, b""),
        (200, []),
        (302, b""),
    ],
)
def test_a_provider_that_gives_nothing_is_told_as_refused(
    provider: TokenServer, grant: Grant, answer: tuple[int, object]
) -> None:
    provider.answer = answer
    with pytest.raises(oauth.Refused):
        oauth.access_token(grant.inbox_id, at=cast.NOW)


def test_an_account_that_was_never_connected_is_told_as_refused() -> None:
    with pytest.raises(oauth.Refused):
        oauth.access_token(cast.support_inbox().pk, at=cast.NOW)


def test_a_code_is_turned_into_tokens(provider: TokenServer, grant: Grant) -> None:
    provider.answer = (200, {"access_token": "a", "refresh_token": "r", "expires_in": 60})
    oauth.receive(grant, code="kod", verifier="v", return_to="https://destek.ihlamurev.example/geri", at=cast.NOW)
    assert provider.asked[0]["code_verifier"] == "v"
    assert secrets.unseal(Grant.objects.get().refresh_token_sealed) == "r"


def test_the_owner_is_asked_at_the_provider_with_state_and_proof(grant: Grant) -> None:
    url = urlsplit(
        oauth.authorise_url(
            grant, return_to="https://a.example/geri", state="s", challenge="c", hint="destek@ihlamurev.example"
        )
    )
    asked = parse_qs(url.query)
    assert url.netloc == "login.microsoftonline.com"
    assert url.path.startswith("/common/")
    assert asked["state"] == ["s"]
    assert asked["code_challenge_method"] == ["S256"]
    assert "offline_access" in asked["scope"][0]


@pytest.mark.parametrize("tenant", ["a/../b", "evil.example#", "a b", "%2e%2e"])
def test_a_tenant_cannot_lead_elsewhere(grant: Grant, tenant: str) -> None:
    grant.tenant = tenant
    with pytest.raises(oauth.Refused):
        oauth.authorise_url(grant, return_to="https://a.example", state="s", challenge="c")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/token",
        "https://127.0.0.1/token",
        "https://localhost/token",
        "https://[::1]/token",
        "https://169.254.169.254/",
    ],
)
def test_secrets_go_over_https_and_to_public_addresses_only(url: str) -> None:
    with pytest.raises((ValueError, OSError, outgoing.Refused)):
        oauth._post(url, "a=b")


def test_the_servers_of_an_inbox_are_reached_with_its_token(provider: TokenServer, grant: Grant) -> None:
    settings = {
        "auth": "microsoft",
        "inbox_id": grant.inbox_id,
        "imap_host": "outlook.office365.com",
        "imap_user": "destek@ihlamurev.example",
        "smtp_host": "smtp.office365.com",
    }
    assert access.imap(settings, at=cast.NOW).token == "ya29.new"
    reached = access.smtp(settings, at=cast.NOW)
    assert (reached.token, reached.user) == ("ya29.new", "destek@ihlamurev.example")
    assert "ya29" not in repr(reached)


def test_the_words_of_xoauth2() -> None:
    assert oauth.sasl("destek@ihlamurev.example", "t") == "user=destek@ihlamurev.example\x01auth=Bearer t\x01\x01"
