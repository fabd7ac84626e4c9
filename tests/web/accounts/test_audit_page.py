"""The audit as a page: found, filtered, paged, checked."""

import ast
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from muhatap.accounts import audit
from muhatap.accounts.models import AuditEntry, User
from muhatap.service import cases
from muhatap.web.accounts.audit_details import NAMES, SPEAKS_ALONE
from muhatap.web.accounts.audit_words import ACTS, KINDS, Row
from muhatap.web.common import times
from tests import cast
from tests.feedback.asking_shop import person

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


def told(act: str, language: str = "tr", **details: Any) -> str:
    with translation.override(language):
        return Row.of(AuditEntry(at=cast.NOW, act=act, details=details)).details


def test_a_changed_case_says_what_was_and_what_became_in_words_and_leads_there() -> None:
    case = cases.open_case(contact=person(), interaction=None, title="Eksik havlu", by=cast.can(), at=cast.NOW)
    due_at = cast.NOW + timedelta(days=2)
    told: dict[str, Any] = {
        "title": "Eksik önlük",
        "kind": "request",
        "owner": cast.zeynep(),
        "due_at": due_at,
        "order_id": 7,
    }
    cases.change(case=case, by=cast.can(), at=cast.NOW, **told)
    cases.change(case=case, by=cast.can(), at=cast.NOW, owner=None)
    first, second = (Row.of(one) for one in AuditEntry.objects.filter(act="case.change").order_by("pk"))
    assert set(first.details.split(", ")) == {
        "Başlık", "Sipariş", "Tür: Şikâyet → İstek", "Kimin: – → Zeynep Arslan", f"Son: – → {times.full(due_at)}",
    }  # fmt: skip
    assert second.details == "Kimin: Zeynep Arslan → –"
    assert first.url == f"/cases/{case.pk}/"
    with translation.override("en"):
        assert (
            "Whose it is: – → Zeynep Arslan"
            in Row.of(AuditEntry.objects.filter(act="case.change").order_by("pk")[0]).details
        )


def test_what_was_written_of_cases_before_is_said_in_words_as_well() -> None:
    assert told("case.change", "en", what="owner, due_at, product_id") == "Whose it is, Due, Product"


def test_acts_on_cases_promises_and_surveys_tell_their_details_in_words() -> None:
    assert told("case.open", "en", origin="survey") == "By a survey answer"
    assert told("case.resolve", "en", resolution="refunded") == "Money given back"
    assert told("case.repeat", "en", former=12) == "repeats: #12"
    assert told("case.compensate", "en", what="voucher", amount="89.9", currency="TRY") == "₺89.90, what: Voucher"
    assert told("survey.change", "en", is_on=False) == "asked: no"
    assert told("cases.exported", "en", filters={"state": "open"}) == "filter: state: open"
    moved = told("promise.put_off", "en", was="2026-11-21T15:00:00+00:00", due="2026-11-23T15:00:00+00:00")
    assert moved == "Saturday 21 November 2026 18:00 → Monday 23 November 2026 18:00"
    assert told("promise.hand_over", "en", was="Zeynep Arslan", to="Can Aydın") == "Zeynep Arslan → Can Aydın"


def test_every_detail_that_service_and_surveys_write_has_words() -> None:
    """A new detail is added to NAMES in muhatap/web/accounts/audit_details.py, with its Turkish, or to what speaks alone."""
    written = set()
    for room in ("service", "feedback", "web/cases", "web/promises", "web/feedback"):
        for path in (SOURCE / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and _writes(node):
                    written |= {keyword.arg for keyword in node.keywords}
    paired = {"was", "due", "to", "amount", "currency", "changes"}
    of_record = {"by", "at", "act", "kind", "id", "name", None}
    assert written - of_record - paired - set(NAMES) - set(SPEAKS_ALONE) == set()


def _writes(node: ast.Call) -> bool:
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    return name == "_record" or (name == "record" and "audit" in ast.dump(node.func))


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
