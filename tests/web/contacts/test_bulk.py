"""Acts on several contacts at once, and what leaves the house as a file."""

import csv

import pytest

from muhatap.accounts.models import AuditEntry
from muhatap.contacts.models import Tag
from tests.web.contacts.conftest import HX, met, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("village")]


def test_several_are_tagged_at_once_and_it_can_be_taken_back(zeynep, everybody, ayse, ipek):
    chosen = [ayse.pk, ipek.pk]
    answer = zeynep.post(
        url("bulk"), {"do": "tag", "tag_name": "sadık", "chosen": chosen, "here": "?sort=seen"}, follow=True
    )
    assert answer.redirect_chain[0][0].endswith("?sort=seen")
    [toast] = answer.context["toasts"]
    assert toast.text == "“Sadık” etiketi 1 kişiye konuldu" or "Sadık" in toast.text
    assert Tag.objects.get().contacts.count() == 2
    zeynep.post(toast.undo_url, headers=HX)
    assert list(Tag.objects.get().contacts.all()) == [ayse]


def test_several_are_untagged_at_once_and_it_can_be_taken_back(zeynep, everybody, ayse, ipek):
    tag = Tag.objects.get()
    answer = zeynep.post(url("bulk"), {"do": "untag", "untag": tag.pk, "chosen": [ayse.pk, ipek.pk]}, follow=True)
    assert not tag.contacts.exists()
    zeynep.post(answer.context["toasts"][0].undo_url)
    assert list(tag.contacts.all()) == [ayse]


@pytest.mark.parametrize(
    "typed",
    [
        {"do": "tag", "tag_name": ""}, {"do": "tag", "tag_name": "x" * 61}, {"do": "untag"}, {"do": "untag", "untag": "x"}, {"do": "nothing"}, {},
        {"do": "merge"}, {"do": "tag", "tag_name": "y", "chosen": ["x", "-1", "9" * 30]}, {"do": "tag", "here": "//evil.example"},
        {"do": "tag", "here": "?" + "a" * 9000},
    ],
)  # fmt: skip
def test_bulk_acts_that_cannot_be_done_say_so_and_do_nothing(can, everybody, ayse, typed):
    answer = can.post(url("bulk"), {"chosen": [ayse.pk], **typed})
    assert answer.status_code == 302 and answer.url.startswith(url("list"))
    assert Tag.objects.count() == 1


def test_a_forged_undo_does_nothing(zeynep, everybody):
    assert zeynep.post(f"{url('undo')}?of=forged").status_code == 302
    assert Tag.objects.get().contacts.count() == 1


def test_two_chosen_go_side_by_side(can, everybody, ayse, ipek):
    answer = can.post(url("bulk"), {"do": "merge", "chosen": [ayse.pk, ipek.pk]})
    assert answer.url == f"{url('merge')}?keep={ayse.pk}&drop={ipek.pk}"


def table(answer) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(text.splitlines(), delimiter=";"))


def test_an_export_runs_no_formula_and_holds_everybody_the_filter_wants(can, everybody):
    met('=HYPERLINK("http://evil.example")', "@evil@ornek.example", city="-2+3")
    head, *rows = table(can.get(f"{url('export')}?sort=seen"))
    assert head[0] == "Ad" and len(rows) == 7
    for row in rows:
        assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in row if not cell[1:].isdigit())
    [evil] = [row for row in rows if "HYPERLINK" in row[0]]
    assert evil[0].startswith("'=") and evil[3] == "'-2+3"
    assert AuditEntry.objects.get(act="contacts.exported").details == {"query": {"sort": "seen"}}


def test_an_export_of_the_chosen_holds_only_them(can, everybody, ayse):
    _, *rows = table(can.post(url("bulk"), {"do": "export", "chosen": [ayse.pk]}))
    assert [row[:3] for row in rows] == [["Ayşe Yılmaz", "ayse.yilmaz@ornek.example", "+905321234118"]]
    assert rows[0][6] == "Sadık"


def test_who_may_not_export_or_merge_is_told_so(zeynep, everybody, ayse, ipek):
    assert zeynep.get(url("export")).status_code == 403
    for act in ("export", "merge"):
        assert zeynep.post(url("bulk"), {"do": act, "chosen": [ayse.pk, ipek.pk]}).status_code == 403
    assert zeynep.get(f"{url('merge')}?keep={ayse.pk}&drop={ipek.pk}").status_code == 403
    assert zeynep.get(url("fields")).status_code == 403
