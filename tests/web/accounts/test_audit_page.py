"""The audit as a page: found, filtered, paged, checked."""

import ast
import re
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from muhatap.accounts import audit
from muhatap.accounts.models import AuditEntry, User
from muhatap.web.accounts.audit_words import ACTS, KINDS, Row
from tests import cast

pytestmark = pytest.mark.django_db
SOURCE = Path(__file__).resolve().parents[3] / "muhatap"


@pytest.fixture
def deniz(client: Client) -> User:
    user = cast.deniz()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


def write(n: int = 1, act: str = "team.create", name: str = "Ekip", by: User | None = None) -> None:
    for number in range(n):
        audit.record(by=by, at=cast.NOW, act=act, kind="team", id=number, name=f"{name} {number}")


def names(page: str) -> list[str]:
    return re.findall(r"Ekip \d+", page)


def test_an_empty_audit_says_what_will_stand_there(client: Client, deniz: User) -> None:
    assert "Henüz kayıt yok" in client.get("/account/audit/").content.decode()


def test_the_newest_stands_first_fifty_a_page_both_ways(client: Client, deniz: User) -> None:
    write(120)
    first = client.get("/account/audit/").content.decode()
    assert names(first)[0] == "Ekip 119"
    assert len(names(first)) == 50
    older = re.search(r'href="(\?before=\d+)" rel="next"', first)
    assert older
    second = client.get(f"/account/audit/{older[1]}").content.decode()
    assert names(second)[0] == "Ekip 69"
    newer = re.search(r'href="(\?after=\d+)" rel="prev"', second)
    assert newer
    assert names(client.get(f"/account/audit/{newer[1]}").content.decode()) == names(first)


def test_filters_by_person_act_and_object(client: Client, deniz: User) -> None:
    write(2, by=deniz)
    write(3, act="team.delete", name="Silinen")
    audit.record(by=None, at=cast.NOW, act="team.create", kind="team", id=77, name="İpek’in ekibi")
    assert len(names(client.get(f"/account/audit/?by={deniz.pk}").content.decode())) == 2
    assert "Silinen 2" in client.get("/account/audit/?act=team.delete").content.decode()
    assert "Ekip 1" not in client.get("/account/audit/?act=team.delete").content.decode()
    assert "İpek’in" in client.get("/account/audit/?object=77").content.decode()
    assert "İpek’in" in client.get("/account/audit/?object=IPEK").content.decode()
    assert "Uyan kayıt yok" in client.get("/account/audit/?object=hiç-yok").content.decode()


@pytest.mark.parametrize(
    "query", ["before=x", "after=-1", "by=zeynep", "act=nothing", "before=99999999999999999999", "object=%00"]
)
def test_a_broken_address_breaks_nothing(client: Client, deniz: User, query: str) -> None:
    write()
    assert client.get(f"/account/audit/?{query}").status_code == 200


def test_what_people_typed_is_not_read_as_html(client: Client, deniz: User) -> None:
    audit.record(by=None, at=cast.NOW, act="<b>x</b>", kind="team", id=1, name="<script>alert(1)</script>")
    page = client.get("/account/audit/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_a_whole_chain_is_said_to_be_whole(client: Client, deniz: User) -> None:
    page = client.post("/account/audit/check/", headers={"HX-Request": "true"}).content.decode()
    assert "Zincir sağlam" in page


def test_without_javascript_the_check_is_a_page(client: Client, deniz: User) -> None:
    page = client.post("/account/audit/check/").content.decode()
    assert "<html" in page
    assert "Zincir sağlam" in page


@pytest.mark.django_db(transaction=True)
def test_a_long_chain_shows_how_far_the_check_came(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(cast.deniz(), backend="django.contrib.auth.backends.ModelBackend")
    write(5)
    monkeypatch.setattr(audit.check, "__kwdefaults__", {**audit.check.__kwdefaults__, "limit": 3})
    page = client.post("/account/audit/check/", headers={"HX-Request": "true"}).content.decode()
    assert "3 / 5" in page
    assert 'hx-trigger="load, submit"' in page
    fields = dict(re.findall(r'name="(place|hash)" value="(\w+)"', page))
    page = client.post("/account/audit/check/", fields, headers={"HX-Request": "true"}).content.decode()
    assert "Zincir sağlam: 5 kayıt" in page


@pytest.mark.parametrize("place", ["x", "-1", "9" * 40, "٣"])
def test_a_made_up_beginning_of_a_check_begins_at_the_beginning(client: Client, deniz: User, place: str) -> None:
    page = client.post("/account/audit/check/", {"place": place, "hash": "x"}, headers={"HX-Request": "true"})
    assert "Zincir sağlam" in page.content.decode()


def test_who_and_what_are_said_in_words() -> None:
    entry = AuditEntry(
        at=cast.NOW, by_name="Deniz Koç", act="staff.change_role", object_kind="user", object_id="4",
        object_name="Zeynep Arslan", details={"before": "agent", "after": "team_lead"},
    )  # fmt: skip
    row = Row.of(entry)
    assert (row.who, row.what, row.object) == ("Deniz Koç", "Rolü değiştirdi", "Zeynep Arslan")
    assert row.details == "Temsilci → Ekip lideri"


def test_what_a_cost_was_is_said_in_words() -> None:
    entry = AuditEntry(at=cast.NOW, act="cost.write", details={"what": "time", "of": "prevention"})
    with translation.override("en"):
        assert Row.of(entry).details == "what: Time, kind of cost: Prevention"


def test_every_act_and_kind_written_in_the_source_has_words() -> None:
    """A new act is added to ACTS in muhatap/web/accounts/audit_words.py, with its Turkish."""
    said: dict[str, set[str]] = {"act": set(), "kind": set()}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "attr", "") == "record"
                and "audit" in ast.dump(node.func)
            ):
                for keyword in node.keywords:
                    if keyword.arg in said and isinstance(keyword.value, ast.Constant):
                        said[keyword.arg].add(str(keyword.value.value))
    assert said["act"] - set(ACTS) == set()
    assert said["kind"] - set(KINDS) == set()
