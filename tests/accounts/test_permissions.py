"""Who may do what: the table of permissions.py against this one, written by hand."""

import pytest

from muhatap.accounts.models import Role, User
from muhatap.accounts.permissions import PERMISSIONS, may

#                        owner  admin  lead  agent  marketer  analyst
TABLE = {
    "account.own":            (1, 1, 1, 1, 1, 1),
    "conversations.read":     (1, 1, 1, 1, 1, 1),
    "conversations.reply":    (1, 1, 1, 1, 0, 0),
    "conversations.note":     (1, 1, 1, 1, 1, 0),
    "conversations.assign":   (1, 1, 1, 1, 0, 0),
    "conversations.organise": (1, 1, 1, 1, 0, 0),
    "contacts.read":          (1, 1, 1, 1, 1, 1),
    "contacts.edit":          (1, 1, 1, 1, 1, 0),
    "contacts.merge":         (1, 1, 1, 0, 1, 0),
    "contacts.export":        (1, 1, 1, 0, 1, 1),
    "contacts.import":        (1, 1, 1, 0, 1, 0),
    "promises.read":          (1, 1, 1, 1, 1, 1),
    "promises.make":          (1, 1, 1, 1, 0, 0),
    "cases.read":             (1, 1, 1, 1, 1, 1),
    "cases.edit":             (1, 1, 1, 1, 0, 0),
    "cases.shared_views":     (1, 1, 1, 0, 0, 0),
    "cases.export":           (1, 1, 1, 0, 0, 1),
    "costs.read":             (1, 1, 1, 0, 0, 1),
    "everything.export":      (1, 1, 0, 0, 0, 0),
    "contacts.fields":        (1, 1, 0, 0, 0, 0),
    "contacts.rules":         (1, 1, 0, 0, 0, 0),
    "contacts.views":         (1, 1, 1, 1, 1, 1),
    "contacts.shared_views":  (1, 1, 1, 0, 0, 0),
    "inboxes.read":           (1, 1, 1, 0, 0, 0),
    "inboxes.edit":           (1, 1, 0, 0, 0, 0),
    "intake.replay":          (1, 1, 0, 0, 0, 0),
    "staff.read":             (1, 1, 1, 0, 0, 0),
    "staff.edit":             (1, 1, 0, 0, 0, 0),
    "teams.edit":             (1, 1, 0, 0, 0, 0),
    "owners.edit":            (1, 0, 0, 0, 0, 0),
    "keeping.edit":           (1, 1, 0, 0, 0, 0),
    "audit.read":             (1, 1, 0, 0, 0, 0),
    "visits.read":            (1, 1, 1, 0, 1, 1),
    "sites.edit":             (1, 1, 0, 0, 0, 0),
    "sales.read":             (1, 1, 1, 1, 1, 1),
    "sales.export":           (1, 1, 1, 0, 1, 1),
    "shops.edit":             (1, 1, 0, 0, 0, 0),
    "developer.read":         (1, 1, 1, 1, 1, 1),
    "developer.edit":         (1, 1, 0, 0, 0, 0),
    "insight.own":            (1, 1, 1, 1, 0, 1),
    "insight.read":           (1, 1, 1, 0, 0, 1),
    "voice.read":             (1, 1, 1, 1, 1, 1),
    "themes.edit":            (1, 1, 1, 0, 0, 1),
    "surveys.edit":           (1, 1, 0, 0, 0, 0),
    "surveys.read":           (1, 1, 1, 0, 1, 1),
    "surveys.follow_up":      (1, 1, 1, 1, 0, 0),
    "conversations.shared_views": (1, 1, 1, 0, 0, 0),
    "conversations.export":   (1, 1, 1, 0, 0, 1),
    "senders.block":          (1, 1, 1, 1, 0, 0),
    "service.edit":           (1, 1, 1, 0, 0, 0),
    "understanding.edit":     (1, 1, 1, 0, 0, 0),
    "automation.read":        (1, 1, 1, 1, 0, 0),
    "automation.edit":        (1, 1, 1, 0, 0, 0),
    "assistant.use":          (1, 1, 1, 1, 0, 0),
    "assistant.edit":         (1, 1, 0, 0, 0, 0),
    "macros.use":             (1, 1, 1, 1, 0, 0),
    "macros.share":           (1, 1, 1, 0, 0, 0),
    "canned.use":             (1, 1, 1, 1, 0, 0),
    "canned.share":           (1, 1, 1, 0, 0, 0),
}  # fmt: skip
ROLES = (Role.OWNER, Role.ADMINISTRATOR, Role.TEAM_LEAD, Role.AGENT, Role.MARKETER, Role.ANALYST)


def test_every_permission_stands_in_this_table() -> None:
    assert set(PERMISSIONS) == set(TABLE)
    assert set(ROLES) == set(Role)


@pytest.mark.parametrize("permission", TABLE)
@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_exactly_what_the_table_says(role: str, permission: str) -> None:
    assert may(User(role=role, is_active=True), permission) == bool(TABLE[permission][ROLES.index(Role(role))])


@pytest.mark.parametrize("permission", TABLE)
def test_a_deactivated_owner_may_nothing(permission: str) -> None:
    assert not may(User(role=Role.OWNER, is_active=False), permission)


def test_a_permission_nobody_wrote_down_opens_nothing() -> None:
    with pytest.raises(KeyError):
        may(User(role=Role.OWNER), "contacts.raed")
