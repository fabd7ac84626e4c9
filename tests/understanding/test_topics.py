"""The company's tree of topics: nothing is lost by a change, and a merge goes back."""

import pytest

from muhatap.flow import understanding
from muhatap.understanding import topics
from muhatap.understanding.models import Reading, Topic
from muhatap.understanding.topics import BadTopic
from tests import cast
from tests.automation.conftest import letter
from tests.cast import NOW, minutes
from tests.understanding.test_learning import wholesale
from tests.understanding.test_reading import LATE, followed, reading_of, seen

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _tree(db: None) -> None:
    topics.ensure(at=NOW)


def of(slug: str) -> Topic:
    return Topic.objects.get(slug=slug)


def refused(code: str) -> pytest.RaisesExc[BadTopic]:
    return pytest.raises(BadTopic, match=code)


def test_a_topic_is_added_renamed_moved_and_keeps_its_slug() -> None:
    made = topics.add(name="İade kargosu", parent=of("iade"), by=cast.can(), at=NOW)

    topics.rename(topic=made, name="İade gönderimi", name_en="Return parcel", by=cast.can(), at=NOW)
    topics.move(topic=made, parent=of("teslimat"), by=cast.can(), at=NOW)

    made.refresh_from_db()
    assert (made.slug, made.name, made.parent) == ("iade-kargosu", "İade gönderimi", of("teslimat"))
    assert topics.paths(topics.living())[made.pk] == "Kargo ve teslimat › İade gönderimi"


def test_a_tree_stays_a_tree() -> None:
    by = cast.can()
    deep = topics.add(name="Üçüncü kat", parent=of("kalite"), by=by, at=NOW)

    with refused("taken"):
        topics.add(name="ürün", by=by, at=NOW)
    with refused("name"):
        topics.add(name="  ", by=by, at=NOW)
    with refused("loop"):
        topics.move(topic=of("urun"), parent=deep, by=by, at=NOW)
    with refused("deep"):
        topics.add(name="Dördüncü kat", parent=deep, by=by, at=NOW)
    with refused("children"):
        topics.archive(topic=of("urun"), by=by, at=NOW)


def test_an_archived_topic_is_given_to_no_message_and_comes_back() -> None:
    topics.archive(topic=of("teslimat"), by=cast.can(), at=NOW)
    message = followed(letter("<1@ornek.example>", text=LATE))
    assert reading_of(message).topic != of("teslimat")

    topics.restore(topic=of("teslimat"), by=cast.can(), at=NOW)

    assert of("teslimat").archived_at is None


def test_a_merge_makes_no_tree_too_deep() -> None:
    deep = topics.add(name="E-fatura", parent=of("fatura"), by=cast.can(), at=NOW)
    with refused("deep"):
        topics.merge(keep=deep, drop=of("urun"), by=cast.can(), at=NOW)


def test_a_merge_moves_readings_and_goes_back() -> None:
    message = followed(letter("<1@ornek.example>", text=LATE))
    by = cast.can()

    merged = understanding.merge_topics(keep=of("siparis"), drop=of("teslimat"), by=by, at=NOW)
    assert reading_of(message).topic == of("siparis")
    assert seen(message).said_topic == of("siparis").pk
    assert topics.standing("teslimat") == of("siparis")
    understanding.undo_merge(merged=merged, by=by, at=NOW)

    assert reading_of(message).topic == of("teslimat")
    assert seen(message).said_topic == of("teslimat").pk
    assert (of("teslimat").archived_at, of("teslimat").base) == (None, "delivery")
    assert Reading.objects.filter(topic=of("siparis")).count() == 0
    with refused("undone"):
        understanding.undo_merge(merged=merged, by=by, at=NOW)


def test_a_message_finds_a_topic_nobody_taught_by_its_name_and_asks() -> None:
    topics.add(name="Hediye paketi", by=cast.can(), at=NOW)

    read = reading_of(followed(letter("<90@ornek.example>", text="Hediye paketi yapıyor musunuz?", subject="")))

    assert (read.topic and read.topic.slug, "topic" in read.unsure) == ("hediye-paketi", True)
    assert [one["words"] for one in read.reasons if one["sign"] == "named"][:2] == ["paketi", "Hediye"]


def test_a_name_speaks_beside_what_was_learned_of_other_topics() -> None:
    wholesale()
    understanding.learn(at=NOW + minutes(60))
    topics.add(name="Hediye paketi", by=cast.can(), at=NOW)

    read = reading_of(followed(letter("<90@ornek.example>", text="Hediye paketi yapıyor musunuz?", subject="")))

    assert "+topic" in read.model_version
    assert (read.topic and read.topic.slug, "topic" in read.unsure) == ("hediye-paketi", True)
    assert {one["sign"] for one in read.reasons if one["about"] == "topic"} == {"named"}
