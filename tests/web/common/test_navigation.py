"""Who sees which area."""

import pytest
from django.template.loader import render_to_string

from muhatap.accounts.models import Role, User
from muhatap.web.common import navigation
from muhatap.web.common.navigation import Area


def _area(**changes: object) -> Area:
    given = {
        "name": "home",
        "label": "Home",
        "icon": "house",
        "url_name": "home",
        "permission": "staff.edit",
        **changes,
    }
    return Area(**given)  # type: ignore[arg-type]


def test_an_area_without_a_page_is_not_shown() -> None:
    user = User(role=Role.OWNER)
    assert navigation.links(user, here="", areas=(_area(url_name="moon:list"),)) == ()


def test_an_area_is_shown_to_those_who_may_enter() -> None:
    assert navigation.links(User(role=Role.AGENT), here="", areas=(_area(),)) == ()
    (link,) = navigation.links(User(role=Role.OWNER), here="home", areas=(_area(count=lambda user: 3),))
    assert (link.is_here, link.n_waiting, link.short) == (True, 3, "Home")


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "413", "429", "500"])
def test_a_page_about_trouble_needs_no_database_and_no_request(name: str) -> None:
    page = render_to_string(f"{name}.html")
    assert "<h1>" in page
    assert 'id="main"' in page
