"""The rules by which people are recognised and values chosen, as an administrator meets them; and the history that tells of them."""

import pytest

from muhatap.contacts import graph, identity, profile
from muhatap.contacts.models import BlockedValue, Contact, IdentityRule, SurvivorshipRule
from muhatap.contacts.survivorship import TRUST
from tests import cast
from tests.cast import NOW

from .conftest import url

pytestmark = pytest.mark.django_db
STEPS = ("recent", "verified", "source", "complete")
VALUE = {f"step_{n}": step for n, step in enumerate(STEPS, 1)} | {f"trust_{name}": n for name, n in TRUST.items()}


@pytest.fixture
def ayse():
    contact = identity.resolve(claims=[cast.AYSE], source="email", at=NOW)
    profile.update(contact=contact, facts={"city": "İzmir"}, source="shop", at=NOW)
    return contact


@pytest.fixture
def selin(client):
    client.force_login(cast.selin())
    return client


def test_selin_blocks_a_value_and_frees_it(selin):
    refused = selin.post(url("recognition"), {"kind": "email", "how": "pattern", "value": "***"})
    assert refused.status_code == 200 and not BlockedValue.objects.exists()
    selin.post(url("recognition"), {"kind": "phone", "how": "switchboard", "value": "0216 555 00 00"})
    row = BlockedValue.objects.get()
    assert "555" in selin.get(url("recognition")).content.decode()
    selin.post(url("unblock", row.pk))
    assert not BlockedValue.objects.exists()


def test_selin_sets_the_limits_of_a_kind(selin):
    asked = {"priority": 3, "n_per_contact": 4, "window_days": "", "n_people": 5}
    selin.post(url("limits", "phone"), asked)
    assert graph.limits()["phone"].n_people == 5
    selin.post(url("limits", "phone"), asked | {"n_people": 0})
    assert IdentityRule.objects.get().n_people == 5
    assert selin.get(url("limits", "fax")).status_code == 404


def test_selin_sees_what_a_rule_would_change_before_she_keeps_it(selin, ayse):
    profile.update(contact=ayse, facts={"city": "Bursa"}, source="email", at=NOW.replace(hour=23))
    seen = selin.post(url("value_rule", "city"), VALUE | {"do": "look"}).content.decode()
    assert "İzmir" in seen and "Bursa" in seen and "Ayşe Yılmaz" in seen
    assert not SurvivorshipRule.objects.exists()
    selin.post(url("value_rule", "city"), VALUE | {"do": "keep"})
    assert SurvivorshipRule.objects.get().steps[:2] == ["pinned", "recent"]
    twice = selin.post(url("value_rule", "city"), VALUE | {"step_1": "source", "do": "keep"})
    assert twice.status_code == 200 and SurvivorshipRule.objects.get().steps[1] == "recent"


def test_zeynep_sees_where_a_value_comes_from_pins_it_and_lets_go(client, ayse):
    client.force_login(cast.zeynep())
    assert "İzmir" in client.get(url("history", ayse.pk)).content.decode()
    client.post(url("pin", ayse.pk, "city"))
    assert profile.current(ayse)["city"].is_pinned
    client.post(url("pin", ayse.pk, "city"), {"release": "1"})
    assert not profile.current(ayse)["city"].is_pinned
    assert Contact.objects.get(pk=ayse.pk).city == "İzmir"


def test_only_administrators_change_the_rules(client):
    client.force_login(cast.can())
    assert client.get(url("recognition")).status_code == client.get(url("values")).status_code == 403
