"""Companies, and the fields a firm adds of its own."""

import pytest

from muhatap.contacts import designing
from muhatap.contacts.models import CustomField
from tests.web.contacts.conftest import met, names, url

pytestmark = pytest.mark.django_db


def test_companies_are_listed_opened_and_renamed(can, ipek):
    met("Otelci", "otel@ornek.example", company="Deniz Otel")
    answer = can.get(url("companies"))
    assert [(company.name, n) for company, _, n in answer.context["rows"]] == [("Deniz Otel", 1), ("Güneş Otel", 1)]
    firm = ipek.company
    assert names(can.get(url("company", firm.pk))) == ["İpek Güneş"]
    assert can.post(url("edit_company", firm.pk), {"name": "DENİZ OTEL"}).status_code == 200
    assert can.post(url("edit_company", firm.pk), {"name": "Ay Otel", "domain": "ay.example"}).status_code == 302
    ipek.refresh_from_db()
    assert "ay otel" in ipek.search_text
    assert [company.name for company, *_ in can.get(url("companies"), {"q": "AY o"}).context["rows"]] == ["Ay Otel"]


def test_selin_adds_a_field_and_it_stands_on_every_contact(selin, ayse):
    selin.post(url("fields"), {"label": "Doğum günü", "kind": "date"})
    field = CustomField.objects.get()
    assert field.key == "dogum_gunu"
    selin.post(url("edit", ayse.pk), {"name": "Ayşe Yılmaz", "dogum_gunu": "8.12.1990"})
    person = selin.get(url("page", ayse.pk)).context["person"]
    assert {line.label: line.value for line in person.profile}["Doğum günü"] == "8 Aralık 1990"
    selin.post(url("archive_field", field.pk))
    assert "Doğum günü" not in {line.label for line in selin.get(url("page", ayse.pk)).context["person"].profile}
    selin.post(url("restore_field", field.pk))
    assert "dogum_gunu" in selin.get(url("edit", ayse.pk)).context["form"].fields


def test_fields_are_moved_and_changed(selin):
    for label in ("Bir", "İki", "Üç"):
        selin.post(url("fields"), {"label": label, "kind": "text"})
    third = CustomField.objects.get(label="Üç")
    selin.post(url("move_field", third.pk), {"to": "up"})
    assert [f.label for f in designing.active()] == ["Bir", "Üç", "İki"]
    selin.post(url("field", third.pk), {"label": "Dört"})
    assert [f.label for f in designing.active()] == ["Bir", "Dört", "İki"]


@pytest.mark.parametrize(
    "typed",
    [
        {"label": "", "kind": "text"}, {"label": "x" * 81, "kind": "text"}, {"label": "Y", "kind": "colour"}, {"label": "Y", "kind": "choice"},
        {"label": "Şehir", "kind": "text"}, {"label": "Y", "kind": "choice", "choices": "x" * 20_001},
        {"label": "Y", "kind": "choice", "choices": "\n".join(map(str, range(201)))}, {},
    ],
)  # fmt: skip
def test_fields_that_cannot_be_say_why_and_keep_what_was_typed(selin, typed):
    answer = selin.post(url("fields"), typed)
    assert answer.status_code == 200 and not CustomField.objects.exists()
    assert answer.context["form"].errors or not typed
    if "label" in typed:
        assert typed["label"] in answer.content.decode()
