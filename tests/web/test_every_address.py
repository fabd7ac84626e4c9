"""Every address of the product asks who may enter: a new page without a permission fails here.

A page that everybody may open stands in PUBLIC with its reason, or it does not pass.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter

from muhatap.accounts.models import Role
from muhatap.accounts.permissions import PERMISSIONS
from tests import cast

PUBLIC = {
    "home": "only sends on to the inbox, which asks",
    "setup": "asks for the word of the console, and closes with the first user",
    "language": "before logging in, too",
    "account_login": "the door itself",
    "account_inactive": "says why the door is closed",
    "account_logout": "whoever is not in gets out nowhere",
    "account_signup": "says that there is none",
    "account_reset_password": "who forgot it is not in",
    "account_reset_password_done": "who forgot it is not in",
    "account_reset_password_from_key": "the key in the mail is the proof",
    "account_reset_password_from_key_done": "who forgot it is not in",
    "mfa_authenticate": "the second half of the door: allauth asks for the first",
    "mfa_login_webauthn": "the door, with a passkey",
    "accounts:invitation": "the link is the proof",
    "feedback:rate": "the link in the customer's mail is the proof",
    "feedback:thanks": "the link in the customer's mail is the proof",
    "feedback:refuse": "the link in the customer's mail is the proof",
    "open_surveys:begin": "a survey that the firm opened to everybody with its address",
    "open_surveys:go_on": "the receipt in the address is the proof",
    "open_surveys:thanks": "the receipt in the address is the proof",
    "notices:manifest": "the browser asks for it without a login",
    "notices:worker": "the browser asks for it without a login",
    "notices:offline": "kept by the browser for when nobody can be asked",
}
PUBLIC_FOLDERS = {
    "api/v1/": "programs, by their own key: tests/api/test_who_may.py walks every endpoint with every role",
    "chat/v1/": "visitors of the shop, by their own session's token",
    "ask/v1/": "the survey on pages of the firm's sites: tests/api/test_surveys.py",
    "embed/": "the script on the shop's pages",
    "hooks/": "shops' servers, whose signature is the proof: tests/api/test_shops.py",
    "demo/": "a page that shows the script",
}


@dataclass(frozen=True)
class Address:
    name: str
    route: str
    url: str
    permission: str


def addresses(
    patterns: list[URLPattern | URLResolver] | None = None, prefix: str = "", names: tuple[str, ...] = ()
) -> Iterator[Address]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inside = (*names, pattern.namespace) if pattern.namespace else names
            yield from addresses(pattern.url_patterns, route, inside)
        else:
            name = ":".join((*names, pattern.name or ""))
            yield Address(name, route, _filled(pattern, prefix), getattr(pattern.callback, "permission", ""))


def _filled(pattern: URLPattern, prefix: str) -> str:
    """The address with something of the right kind in each gap, which exists nowhere."""
    gaps = getattr(pattern.pattern, "converters", {})
    url = f"/{prefix}{pattern.pattern}"
    for name, converter in gaps.items():
        value = "999999" if isinstance(converter, IntConverter) else "none-such"
        url = url.replace(f"<{name}>", value)
        for kind in ("int", "str", "slug", "uuid", "path"):
            url = url.replace(f"<{kind}:{name}>", value)
    return url


def is_public(address: Address) -> bool:
    return address.name in PUBLIC or any(address.route.startswith(folder) for folder in PUBLIC_FOLDERS)


GUARDED = [address for address in addresses() if not is_public(address)]
ROLES = {
    Role.OWNER: cast.deniz,
    Role.ADMINISTRATOR: cast.selin,
    Role.TEAM_LEAD: cast.can,
    Role.AGENT: cast.zeynep,
    Role.MARKETER: cast.mert,
    Role.ANALYST: cast.ece,
}


def ask(client: Client, address: Address, **headers: str) -> HttpResponseBase:
    response: Any = client.get(address.url, headers=headers)
    return client.post(address.url, headers=headers) if response.status_code == 405 else response


def test_every_address_names_its_permission_or_is_public() -> None:
    assert [address.route for address in GUARDED if address.permission not in PERMISSIONS] == []


def test_nothing_is_called_public_that_is_not_there() -> None:
    routes = [address.route for address in addresses()]
    assert set(PUBLIC) <= {address.name for address in addresses()}
    assert all(any(route.startswith(folder) for route in routes) for folder in PUBLIC_FOLDERS)


@pytest.mark.django_db
def test_a_stranger_is_sent_to_the_login_by_every_page(client: Client) -> None:
    strange = {}
    for address in GUARDED:
        response = ask(client, address)
        if response.status_code != 302 or not response.headers["Location"].startswith("/login/?next="):
            strange[address.route] = response.status_code
    assert strange == {}


@pytest.mark.django_db
def test_a_stranger_with_an_old_page_open_is_sent_there_as_a_whole_page(client: Client) -> None:
    strange = {}
    for address in GUARDED:
        response = ask(client, address, HX_Request="true")
        if not response.headers.get("HX-Redirect", "").startswith("/login/"):
            strange[address.route] = response.status_code
    assert strange == {}


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_a_role_enters_exactly_the_pages_it_may(client: Client, role: str) -> None:
    user = ROLES[Role(role)]()
    wrong = {}
    for address in GUARDED:
        status = ask(client, address).status_code
        if SESSION_KEY not in client.session:  # not yet, or not any more, since an address before ended it
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
            status = ask(client, address).status_code
        may = role in PERMISSIONS[address.permission]
        if (status == 403) == may or status >= 500 or status == 401:
            wrong[address.route] = (status, address.permission)
    assert wrong == {}


@pytest.mark.django_db
def test_a_page_that_is_closed_says_so_in_words(client: Client) -> None:
    client.force_login(cast.ece(), backend="django.contrib.auth.backends.ModelBackend")
    response = client.get("/account/audit/")
    assert response.status_code == 403
    assert "Rolünüz" in response.content.decode() or "Your role" in response.content.decode()
