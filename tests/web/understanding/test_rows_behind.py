"""Each figure of how reading goes, by week and of corrections, leads to as many messages."""

import re

import pytest
from django.test import Client

from muhatap.accounts.models import Role, Visibility
from muhatap.understanding import correcting, topics
from muhatap.understanding.models import Correction, LearnedModel, Reading, Topic
from tests import cast
from tests.insight.conftest import after
from tests.insight.voice_world import said
from tests.web.english import page, reader

pytestmark = pytest.mark.django_db
DAY = 24 * 60
ROWS = "/understanding/learned/messages/"


@pytest.fixture(autouse=True)
def _friday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("muhatap.shared.clock.now", lambda: after(4 * DAY))


@pytest.fixture
def messages() -> None:
    """Four of this week, two of the last, one of ten weeks ago, one of a week that twelve weeks ago had begun. Of this week's two
    were corrected, one was confirmed, one corrected and taken back."""
    said("Kargo gelmedi, nerede kaldı", after(60), is_sure=False, unsure=["kind"])
    said("Kutu ezik geldi", after(80), sender=cast.ELIF)
    said("Ellerinize sağlık", after(90), kind="praise", sender=cast.MEHMET)
    said("Fiyatı nedir acaba", after(95), kind="question", sender=cast.EMILY)
    said("Bahçe kapandı mı", after(-3 * DAY), kind="question")
    said("Yine gelmedi kargo", after(-7 * DAY))
    said("Eski bir söz", after(-64 * DAY), kind="other")
    said("Çok eski bir söz", after(-79 * DAY), kind="other")
    first, second, third, fourth = Reading.objects.order_by("-at")[:4]
    correcting.correct(reading=first, field="kind", value="request", by=cast.zeynep(), at=after(DAY))
    correcting.correct(reading=second, field="sentiment", value="neutral", by=cast.can(), at=after(DAY))
    correcting.correct(reading=third, field="kind", value=third.kind, by=cast.can(), at=after(DAY))
    gone = correcting.correct(reading=fourth, field="kind", value="other", by=cast.can(), at=after(DAY))
    correcting.take_back(correction=gone, by=cast.can(), at=after(DAY + 1))


def n_rows(client: Client, path: str) -> int:
    return page(client, path).count('<li class="lines-item">')


@pytest.mark.usefixtures("messages")
def test_each_cell_of_a_week_leads_to_its_messages() -> None:
    can = reader(cast.can())
    shown = page(can, "/understanding/learned/")
    weeks = re.findall(rf'<td class="num"><a class="link" href="({ROWS}\?week=[\d-]+)">(\d+)</a>', shown)
    assert [(link[-10:], int(n), n_rows(can, link)) for link, n in weeks] == [
        ("2026-11-16", 4, 4),
        ("2026-11-09", 2, 2),
        ("2026-09-07", 1, 1),
    ]
    this_week = {
        link.partition("2026-11-16&")[2]: (said_of, n_rows(can, link))
        for link, said_of in re.findall(rf'<td class="num"><a class="link" href="({ROWS}[^"]+)">([^<]+)</a>', shown)
        if "2026-11-16&" in link
    }
    assert this_week == {
        "kind=request": ("25%", 1),
        "kind=complaint": ("50%", 2),
        "kind=praise": ("25%", 1),
        "only=untouched": ("90%", 1),
        "only=unsure": ("25%", 1),
        "only=corrected": ("50", 2),
    }


@pytest.mark.usefixtures("messages")
def test_the_corrections_of_a_field_lead_to_what_was_said_and_by_whom() -> None:
    can = reader(cast.can())
    found = re.findall(
        rf'<a class="link" href="({ROWS}\?field=(\w+))">(\d+) corrections?</a>', page(can, "/understanding/learned/")
    )
    assert {(field, int(n), n_rows(can, link)) for link, field, n in found} == {("kind", 2, 2), ("sentiment", 1, 1)}
    shown = page(can, f"{ROWS}?field=kind")
    assert "Kind: Question became Request, by Zeynep Arslan" in shown
    assert "Kind: Complaint was right, says Can Aydın" in shown
    assert Correction.objects.count() == 5


@pytest.mark.usefixtures("messages")
def test_a_correction_keeps_its_words_when_its_topic_is_archived() -> None:
    can = cast.can()
    topics.ensure(at=after(0))
    topic = topics.add(name="Vitrin", name_en="Shop window", by=can, at=after(0))
    reading = Reading.objects.order_by("-at")[0]
    correcting.correct(reading=reading, field="topic", value=topic.slug, by=can, at=after(DAY))
    topics.archive(topic=topic, by=can, at=after(DAY))

    assert "Topic: No topic became Shop window, by Can Aydın" in page(reader(can), f"{ROWS}?field=topic")


@pytest.mark.usefixtures("messages")
def test_each_try_to_learn_leads_to_what_it_learned_from_and_was_judged_by() -> None:
    said_of = [one.reading_id for one in Correction.objects.order_by("pk")[:2]]
    LearnedModel.objects.create(
        about="kind", base="1", fitted_at=after(DAY), n_corrections=2, n_held_back=3, before=0.5, after=0.4,
        is_used=False, why="worse", readings=said_of, corrections=[one.pk for one in Correction.objects.order_by("pk")[:2]],
        held_back=list(Reading.objects.order_by("-at").values_list("pk", flat=True)[:3]),
    )  # fmt: skip
    can = reader(cast.can())

    found = re.findall(
        r'href="(/understanding/learned/\d+/messages/[^"]+)">(\d+)</a>', page(can, "/understanding/learned/")
    )

    assert [(link.partition("?")[2], int(n), n_rows(can, link)) for link, n in found] == [
        ("only=corrected", 2, 2),
        ("only=held_back", 3, 3),
    ]
    assert 'aria-current="true">Held back<' in sides(page(can, found[1][0]))
    assert reader(cast.zeynep()).get(found[0][0]).status_code == 403


@pytest.mark.usefixtures("messages")
def test_what_nobody_has_read_can_be_looked_at() -> None:
    Reading.objects.order_by("-at").first().delete()  # type: ignore[union-attr]
    can = reader(cast.can())

    assert '<a class="link" href="/understanding/older/messages/">1 message was never read.</a>' in page(
        can, "/understanding/learned/"
    )
    shown = page(can, "/understanding/older/messages/")
    assert shown.count('<li class="lines-item">') == 1 and "Fiyatı nedir acaba" in shown
    assert reader(cast.zeynep()).get("/understanding/older/messages/").status_code == 403


@pytest.mark.usefixtures("messages")
def test_a_topic_leads_to_its_messages_of_all_weeks() -> None:
    topics.ensure(at=after(0))
    topic = Topic.objects.get(slug="teslimat")
    Reading.objects.filter(kind="complaint").update(topic=topic)
    can = reader(cast.can())

    [(link, n)] = re.findall(
        rf'<a class="link" href="({ROWS}[^"]+)">(\d+) messages</a>', page(can, "/understanding/topics/")
    )

    assert (link, int(n), n_rows(can, link)) == (f"{ROWS}?topic={topic.pk}", 3, 3)
    assert re.search(rf"<h1[^>]*>\s*{topic.name_en}", page(can, link))


@pytest.mark.usefixtures("messages")
def test_what_one_may_not_see_is_counted_and_agents_see_none_of_it() -> None:
    lead = cast.staff("yeni@ihlamurev.example", "Yeni Biri", Role.ANALYST, Visibility.OWN)
    shown = page(reader(lead), f"{ROWS}?week=2026-11-16")
    assert "Kutu ezik" not in shown and "4 of these you may not see." in shown
    assert reader(cast.zeynep()).get(ROWS).status_code == 403


@pytest.mark.parametrize(
    "query", ["week=x", "week=9999-99-99", "kind=rant", "only=all", "field=id", "at=x", "topic=987654321"]
)
@pytest.mark.usefixtures("messages")
def test_what_makes_no_sense_is_passed_over(query: str) -> None:
    shown = page(reader(cast.can()), f"{ROWS}?{query}")
    assert shown.count('<li class="lines-item">') == 4 and "No topic" not in sides(shown)


@pytest.mark.usefixtures("messages")
def test_without_a_week_it_is_the_one_that_runs() -> None:
    can = reader(cast.can())
    for query, n in (("", 4), ("kind=complaint", 2), ("only=corrected", 2)):
        shown = page(can, f"{ROWS}?{query}")
        assert (
            re.search("Messages of the week of [^<]*16 November 2026", shown)
            and shown.count('<li class="lines-item">') == n
        )


@pytest.mark.usefixtures("messages")
def test_what_was_asked_for_is_marked_among_the_sides() -> None:
    can = reader(cast.can())
    here = {
        query: re.findall(r'aria-current="true">([^<]+)<', sides(page(can, f"{ROWS}?week=2026-11-16&{query}")))
        for query in ("", "only=untouched", "only=unsure", "topic=0", "language=tr")
    }
    assert here == {
        "": ["All"],
        "only=untouched": ["Not checked"],
        "only=unsure": ["Not sure"],
        "topic=0": ["No topic"],
        "language=tr": ["Turkish"],
    }


def sides(shown: str) -> str:
    return shown.split('aria-label="Of these"')[1].split("</nav>")[0]
