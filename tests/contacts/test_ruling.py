"""Which value stands, and why; rules of the firm's own, seen before they are kept."""

from datetime import timedelta

import pytest

from muhatap.accounts.models import AuditEntry
from muhatap.contacts import identity, profile, records, ruling
from muhatap.contacts.models import Contact, SurvivorshipRule
from muhatap.contacts.records import Told
from muhatap.contacts.survivorship import DEFAULT, TRUST
from tests import cast
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def ayse():
    return identity.resolve(claims=[cast.AYSE], source="email", at=NOW)


def tell(contact, source, hours=0, by=None, **facts):
    profile.update(contact=contact, facts=facts, source=source, at=NOW + timedelta(hours=hours), by=by)


def why(contact, name):
    contact.refresh_from_db()
    return profile.value_of(contact, name), profile.current(contact)[name].rule


def test_each_step_decides_where_those_before_it_do_not(ayse):
    tell(ayse, "webchat", city="Bursa")
    assert why(ayse, "city") == ("Bursa", "only")
    tell(ayse, "form", hours=1, city="Aydın")
    assert why(ayse, "city") == ("Aydın", "recent")
    tell(ayse, "email", hours=2, city="Muğla")
    assert why(ayse, "city") == ("Aydın", "recent")
    tell(ayse, "shop", city="İzmir")
    assert why(ayse, "city") == ("İzmir", "source")
    tell(ayse, "agent", by=cast.zeynep(), city="Manisa")
    assert why(ayse, "city") == ("Manisa", "pinned")
    tell(ayse, "shop", hours=3, email="ayse@baska.example")
    assert why(ayse, "email") == (cast.AYSE.value, "verified")


def test_zeynep_pins_what_stands_and_lets_go_of_it(ayse):
    tell(ayse, "webchat", city="Bursa")
    profile.pin(contact=ayse, name="city", by=cast.zeynep(), at=NOW)
    tell(ayse, "shop", hours=1, city="İzmir")
    assert why(ayse, "city") == ("Bursa", "pinned")
    profile.release(contact=ayse, name="city", by=cast.zeynep(), at=NOW + timedelta(hours=2))
    assert why(ayse, "city")[0] == "Bursa"  # staff's word is still the most believed source
    ruling.adopt(
        name="city",
        rule=ruling.read(steps=["verified", "recent", "source", "complete"], trust=TRUST),
        by=cast.selin(),
        at=NOW,
    )
    profile.settle(ayse, ["city"], at=NOW)
    assert why(ayse, "city") == ("İzmir", "recent")


def test_selin_sees_what_a_rule_would_change_before_she_keeps_it_and_then_everybody_is_brought_up_to_date(ayse):
    records.take(
        [
            Told(
                source="import:1", external_id=str(n), fields={"email": f"m{n}@ornek.example", "city": "Ankara"}, at=NOW
            )
            for n in range(3)
        ],
        by=None,
        at=NOW,
    )
    for contact in Contact.objects.exclude(pk=ayse.pk):
        tell(contact, "email", hours=1, city="Adana")
    rule = ruling.read(steps=["recent", "source", "verified", "complete"], trust=TRUST)
    seen = ruling.preview("city", rule)
    assert (seen.n_looked_at, seen.n_changed) == (3, 3)
    assert {(one.before, one.after) for one in seen.shown} == {("Ankara", "Adana")}
    assert not Contact.objects.filter(city="Adana").exists()
    ruling.adopt(name="city", rule=rule, by=cast.selin(), at=NOW)
    ruling.go_on(after=0, at=NOW)
    assert Contact.objects.filter(city="Adana").count() == 3
    ruling.adopt(name="city", rule=DEFAULT, by=cast.selin(), at=NOW)
    assert not SurvivorshipRule.objects.exists()
    assert list(AuditEntry.objects.values_list("act", flat=True)) == ["survivorship.changed"] * 2


@pytest.mark.parametrize(
    ("steps", "trust"),
    [(["recent"], TRUST), (["recent", "recent", "source", "complete"], TRUST), (["verified", "source", "recent", "complete"], {"agent": 1}),
     (["verified", "source", "recent", "complete"], TRUST | {"shop": 100})],
)  # fmt: skip
def test_a_rule_that_forgets_a_step_or_a_source_is_refused(steps, trust):
    with pytest.raises(ruling.BadRule):
        ruling.read(steps=steps, trust=trust)
