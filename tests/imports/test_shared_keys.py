"""Keys under which many stand: each row finds its own among them, and is compared with few."""

import pytest

from muhatap.contacts import called as called_so
from muhatap.contacts import identity
from muhatap.contacts.called import Called
from muhatap.contacts.models import Contact
from tests import cast
from tests.cast import NOW, minutes
from tests.imports.test_running import imported, outcomes

pytestmark = pytest.mark.django_db
PHONE = "0532 123 41 18"


def proved(name: str) -> Contact:
    claim = type(cast.AYSE)(kind="phone", value="+905321234118", is_verified=True, name=name)
    return identity.resolve(claims=[claim], source="shop", at=NOW - minutes(600))


def test_a_relative_of_whoever_proved_a_phone_is_found_again() -> None:
    ayse = proved("Ayşe Yılmaz")
    family = (f"Mehmet Yılmaz;;{PHONE};;;;", f"Ayşe Yılmaz;;{PHONE};;;;")
    first = imported(*family, match="phone")
    assert outcomes(first) == ["created", "unchanged"]

    assert outcomes(imported(*family, match="phone")) == ["unchanged", "unchanged"]
    assert outcomes(imported(f"Mehmet Yılmaz;;{PHONE};;Bursa;;", match="phone", mode="update")) == ["updated"]
    assert Contact.objects.count() == 2

    imported(f"Ayşe;;{PHONE};;;;", match="")  # a second of her name, who only was told to have it
    assert imported(f"Ayşe Yılmaz;;{PHONE};;İzmir;;", match="phone").rows.get().contact == ayse.pk


def test_of_those_who_share_a_mailbox_only_namesakes_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [f"{name};info@gunesotel.example;;;;;" for name in ("İpek Güneş", "Hakan Demir", "Şule Çağlar", "Élodie Ak")]
    assert imported(*rows).counts == {"created": 4}
    asked, add = list[str](), Called.add

    def noting(self: Called, name: str, contact: int) -> None:
        asked.append(name)
        add(self, name, contact)

    monkeypatch.setattr(Called, "add", noting)
    sule = imported(rows[2].replace("Şule Çağlar", "SULE  çağlar")).rows.get().contact
    assert (sule, sorted(asked)) == (Contact.objects.get(name__contains="çağlar").pk, ["sule caglar", "élodie ak"])
    assert imported(*rows).rows.filter(outcome="created").count() == 0


def test_under_a_phone_first_names_are_compared_also_where_they_stand_last() -> None:
    called = Called(exactly=False)
    for contact, name in enumerate(("ayse yilmaz", "ayse nur kaya", "", "mehmet kaya")):
        called.add(name, contact)
    assert called.agreeing("ayse demir") == {0, 1, 2}
    assert called.agreeing("kaya ayse") == {1, 2} and called.agreeing("m. demir") == {2, 3}
    assert called.agreeing("") == {0, 1, 2, 3}


def test_in_a_crowd_under_one_phone_a_row_is_compared_with_namesakes_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    compared, compare = list[str](), called_so._is_another

    def noting(one: str, other: str) -> bool:
        compared.append(one)
        return compare(one, other)

    monkeypatch.setattr(called_so, "_is_another", noting)
    monkeypatch.setattr(called_so, "CROWD", 3)
    names = ("Ayşe", "Mehmet", "Elif", "Hakan", "İpek", "Oğuz", "Gülşen", "Fatih", "Şule", "Zeynep")
    crowd = [f"{name} Yılmaz;;{PHONE};;;;" for name in names]
    assert imported(*crowd, match="phone").counts == {"created": 10}
    n_first = len(compared)
    assert n_first <= 3 * len(names)

    assert imported(*crowd, match="phone").counts == {"unchanged": 10}
    assert imported(f"Sule  yılmaz;;{PHONE};;Bursa;;", match="phone").counts == {"updated": 1}
    assert len(compared) == n_first
