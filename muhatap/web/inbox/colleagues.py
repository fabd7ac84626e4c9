"""Colleagues as menus offer them: three menus of one conversation show the same people, who are read once."""

from dataclasses import dataclass

from muhatap.accounts.models import Team, User
from muhatap.accounts.permissions import PERMISSIONS
from muhatap.accounts.remembering import once
from muhatap.web.common.templatetags.ui import initials

MOST_PEOPLE, MOST_TEAMS = 200, 50


@dataclass(frozen=True)
class Person:
    id: int
    name: str
    initials: str
    may_answer: bool


def people(user: User) -> tuple[Person, ...]:
    """Everybody who works here, by name."""
    return once(user, "colleagues", _people)


def teams(user: User) -> tuple[tuple[int, str], ...]:
    """Every team, by name."""
    return once(user, "teams", _teams)


def _people(user: User) -> tuple[Person, ...]:
    found = User.objects.filter(is_active=True).order_by("name", "id").values_list("pk", "name", "role")
    answering = PERMISSIONS["conversations.reply"]
    return tuple(Person(pk, name, initials(name), role in answering) for pk, name, role in found[:MOST_PEOPLE])


def _teams(user: User) -> tuple[tuple[int, str], ...]:
    return tuple(Team.objects.order_by("name", "id").values_list("pk", "name")[:MOST_TEAMS])
