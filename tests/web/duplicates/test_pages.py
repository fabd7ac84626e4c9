"""The questions on their pages: side by side, answered, taken back, one after the other."""

import pytest
from django.test import Client

from muhatap.contacts import consent
from muhatap.contacts.models import Contact, Merge
from muhatap.duplicates.models import Proposal, Run
from muhatap.matching.comparing import COMPARISONS
from muhatap.sales.consent import OFFERS
from muhatap.sales.models import Order, Shop
from muhatap.web.duplicates import words
from tests import cast
from tests.cast import NOW
from tests.duplicates.test_running import look, took, twins

pytestmark = pytest.mark.django_db
LIST = "/contacts/review/"


@pytest.fixture
def can(client: Client) -> Client:
    client.force_login(cast.can())
    return client


def elifs():
    took(5, name="Elif Şahin", phone="0535 220 11 90")
    took(6, name="Elif Sahin", phone="0535 220 11 90", city="Bursa")


def test_two_stand_side_by_side_with_what_would_stay_and_why_we_ask(can):
    one, other = twins()
    look()
    page = can.get(LIST)
    lines = {line.label: line for line in page.context["lines"]}
    assert [side.url for side in page.context["sides"]] == [f"/contacts/{one.pk}/", f"/contacts/{other.pk}/"]
    assert {line.tone for line in lines.values()} >= {"same", "differs"}
    shown = page.context["waterfall"]
    assert shown.bars[0].tone == "start" and {bar.tone for bar in shown.bars[1:]} == {"for", "against"}
    assert "0533 410 20 77" in [bar.detail for bar in shown.bars] or any("533 410" in bar.detail for bar in shown.bars)


def test_what_they_bought_and_agreed_to_stands_there_and_the_stricter_word_afterwards(can):
    one, other = twins()
    look()
    shop = Shop.objects.create(name="Ihlamur Ev", kind="web", token="ihlamur", created_at=NOW)
    for number, (contact, total) in enumerate(((one, "2849.90"), (one, "150"), (other, "100.10"))):
        Order.objects.create(
            shop=shop, external_id=str(number), number=str(number), contact=contact, currency="TRY", total=total,
            placed_at=NOW, modified_at=NOW, recorded_at=NOW,
        )  # fmt: skip
    consent.give(contact=one, **OFFERS, source="agent", by=None, at=NOW)
    consent.withdraw(contact=other, **OFFERS, source="survey", by=None, at=NOW)

    lines = can.get(LIST).context["lines"]
    bought, agreed = lines[-2:]
    assert ("2.999,90 ₺" in bought.here, "100,10 ₺" in bought.there, "3.100,00 ₺" in bought.after) == (True,) * 3
    assert (agreed.here != agreed.there, agreed.after, agreed.tone) == (True, agreed.there, "differs")

    page = can.get(f"/contacts/merge/?keep={one.pk}&drop={other.pk}")
    assert [line.after for line in page.context["lines"][-2:]] == [bought.after, agreed.after]
    assert page.context["review_url"] == f"/contacts/review/{Proposal.objects.get().pk}/"


def test_a_merge_leads_to_the_next_question_and_back_again(can):
    twins()
    elifs()
    look()
    page = can.get(LIST)
    first, second = (row.id for row in page.context["rows"])
    said = {"said": "same", "keep": page.context["keep"], "next": page.context["after"]}
    answered = can.post(f"{LIST}{first}/answer/", said, follow=True)
    assert answered.redirect_chain[-1][0] == f"{LIST}{second}/" and Merge.objects.count() == 1
    back = can.post(f"{LIST}undo/", follow=True)
    assert back.redirect_chain[-1][0] == f"{LIST}{first}/"
    assert not Contact.objects.filter(merged_into__isnull=False).exists()


def test_of_three_records_of_one_person_nothing_is_left_after_one_press(can):
    twins()
    took(3, name="Mehmet Kaya", phone="0533 410 20 77", city="Üsküdar")
    look()
    Proposal.objects.update(band="merge")
    sure = can.get(LIST, {"kind": "merge"}).context["sure"]
    done = can.post(f"{LIST}sure/", {"sure": sure}, follow=True)
    [said] = [str(message) for message in done.context["messages"]]
    assert len(sure) == 3 and Merge.objects.count() == 2
    assert "2" in said and "1" not in said


def test_the_other_one_can_stay(can):
    _one, other = twins()
    look()
    number = Proposal.objects.get().pk
    page = can.get(f"{LIST}{number}/?keep={other.pk}")
    assert (page.context["keep"], page.context["sides"][0].url) == (other.pk, f"/contacts/{other.pk}/")


def test_a_group_stands_side_by_side_with_its_other_questions(can):
    one, other = twins()
    third = took(3, name="Mehmet Kaya", phone="0533 410 20 77", city="Üsküdar")
    look()
    page = can.get(LIST)
    members = page.context["members"]
    assert [url for _name, url in members["heads"]] == [f"/contacts/{pk}/" for pk in (one.pk, other.pk, third.pk)]
    marked = {label: [cell.differs for cell in cells] for label, cells in members["lines"]}
    assert [False, False, True] in marked.values() and len(page.context["group"]) == 2


def test_when_everything_is_answered_the_page_says_so(can):
    twins()
    look()
    number = Proposal.objects.get().pk
    page = can.post(f"{LIST}{number}/answer/", {"said": "different"}, follow=True)
    assert page.context["rows"] == [] and b"empty" in page.content
    assert can.get(f"{LIST}{number}/", follow=True).redirect_chain[-1][0] == LIST


def test_what_was_merged_elsewhere_gives_way_to_the_next(can):
    one, other = twins()
    look()
    Contact.objects.filter(pk=other.pk).update(merged_into=one)
    page = can.get(f"{LIST}{Proposal.objects.get().pk}/")
    assert page.status_code == 200 and "proposal" not in page.context


@pytest.mark.parametrize("kind", ["", "merge", "review", "two", "later", "whatever"])
def test_each_kind_has_its_list(can, kind):
    twins()
    look()
    assert can.get(LIST, {"kind": kind}).status_code == 200


def test_a_look_is_begun_watched_and_stopped(can):
    can.post(f"{LIST}look/")
    run = Run.objects.get()
    assert can.get(f"{LIST}look/now/").context["work"].stop_url == f"{LIST}look/{run.pk}/cancel/"
    assert can.post(f"{LIST}look/", follow=True).status_code == 200 and Run.objects.count() == 1
    stopped = can.post(f"{LIST}look/{run.pk}/cancel/", headers={"HX-Request": "true"})
    assert stopped.context["work"] is None and Run.objects.get().state == "cancelled"


def test_the_navigation_counts_them_for_those_who_may_answer(can, client):
    twins()
    look()
    assert "Same person?" in counted(can) or "1" in counted(can).values()
    client.force_login(cast.zeynep())
    assert client.get(LIST).status_code == 403 and "1" not in counted(client).values()


def test_every_finding_has_its_words():
    for each in COMPARISONS:
        for level in each.names[1:]:
            said = words.finding(each.field, level)
            assert said and said != words.field(each.field), (each.field, level)


def counted(client):
    groups = client.get("/contacts/").context["views"]
    return {link.label: link.count for group in groups for link in group.links}
