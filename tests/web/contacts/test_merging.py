"""Two contacts side by side: merged, split again, denied."""

import pytest

from muhatap.contacts.models import Merge
from tests.web.contacts.conftest import HX, met, url

pytestmark = pytest.mark.django_db


def test_two_are_seen_side_by_side_merged_and_split_from_the_toast(can, ayse, ipek):
    side = can.get(f"{url('merge')}?keep={ayse.pk}&drop={ipek.pk}")
    assert {line.label: line.after for line in side.context["lines"]}["Firma"] == "Güneş Otel"
    assert side.context["moves"]
    answer = can.post(url("merge"), {"keep": ayse.pk, "drop": ipek.pk}, follow=True)
    [toast] = answer.context["toasts"]
    assert toast.undo_url == url("unmerge", Merge.objects.get().pk)
    assert [other.name for other in answer.context["person"].merged] == ["İpek Güneş"]
    assert can.post(toast.undo_url, headers=HX)["HX-Redirect"] == url("page", ayse.pk)
    ipek.refresh_from_db()
    assert ipek.merged_into is None
    assert can.post(toast.undo_url, follow=True).status_code == 200


def test_a_denied_pair_is_not_offered_again(can, ayse):
    twin = met("Ayşe Y.", "ayse.yilmaz+yeni@ornek.example")
    assert [other.name for other in can.get(url("page", ayse.pk)).context["person"].likely] == ["Ayşe Y."]
    can.post(url("deny", ayse.pk, twin.pk))
    assert can.get(url("page", ayse.pk)).context["person"].likely == ()


def test_the_other_half_is_searched_for(can, everybody, ayse):
    page = can.get(url("choose_twin", ayse.pk), {"q": "ays"})
    assert [row.name for row, _ in page.context["found"]] == ["Ayşegül Kara"]


@pytest.mark.parametrize("query", ["", "keep=1", "keep=x&drop=y", "keep=9999999999999999999&drop=1"])
def test_a_merge_of_nobody_is_not_found(can, ayse, query):
    assert can.get(f"{url('merge')}?{query}").status_code == 404


def test_a_merge_with_oneself_leads_back(can, ayse):
    assert can.get(f"{url('merge')}?keep={ayse.pk}&drop={ayse.pk}").url == url("page", ayse.pk)
