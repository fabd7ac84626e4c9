"""What people say becomes a layer: what it is judged by, when it is made anew, and by whom at a time."""

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from muhatap.flow import understanding
from muhatap.reading.learning import Example, Learned
from muhatap.shared import locks
from muhatap.understanding import knowing, learning, topics
from muhatap.understanding.models import LearnedModel, Reading, Topic
from tests import cast
from tests.automation.conftest import letter
from tests.cast import NOW, minutes
from tests.understanding.test_reading import LATE, followed, reading_of

pytestmark = pytest.mark.django_db


def read(text: str, n: int) -> Reading:
    return reading_of(followed(letter(f"<{n}@ornek.example>", text=text, subject="", at=NOW + minutes(n))))


def wholesale() -> Topic:
    """A topic of the company's own, and six customers of whom somebody said that they write about it."""
    topics.ensure(at=NOW)
    topic = topics.add(name="Toptan satış", by=cast.can(), at=NOW)
    for n in range(6):
        reading = read(f"Otelimiz için {40 + n} adet nevresim fiyat teklifi rica ederiz", n)
        understanding.correct(reading=reading, field="topic", value=topic.slug, by=cast.can(), at=NOW)
    return topic


def test_a_correction_stands_again_when_the_one_after_it_is_taken_back() -> None:
    reading, by = read(LATE, 1), cast.zeynep()
    understanding.correct(reading=reading, field="kind", value="request", by=by, at=NOW)
    second = understanding.correct(reading=reading, field="kind", value="praise", by=by, at=NOW)

    understanding.take_back(correction=second, by=by, at=NOW)

    assert [one.new for one in learning.standing("kind")] == ["request"]
    understanding.take_back(
        correction=understanding.correct(reading=reading, field="topic", value="", by=by, at=NOW), by=by, at=NOW
    )
    assert not learning.standing("topic").exists()


def test_answers_a_layer_gave_itself_do_not_judge_it() -> None:
    wholesale()
    for n in range(10, 20):
        read(f"{LATE} {n}", n)
    Reading.objects.filter(corrections=None).update(unsure=[], model_version=f"{knowing.reader().model.version}+topic7")

    understanding.learn(at=NOW + minutes(60))

    assert LearnedModel.objects.get(about="topic").n_held_back == 6


def test_a_new_layer_is_measured_by_the_one_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    topic, taught = wholesale(), list[Example]()
    understanding.learn(at=NOW + minutes(60))
    later = read("Otelimiz için 90 adet havlu teklifi rica ederiz", 70)
    understanding.correct(reading=later, field="topic", value=topic.slug, by=cast.can(), at=NOW + minutes(70))

    def learns(examples: list[Example], answers: list[str], **how: object) -> Learned:
        taught.extend(examples)
        return Learned(layer=None, n_corrections=len(examples))

    monkeypatch.setattr("muhatap.reading.learning.learn", learns)
    understanding.learn(at=NOW + minutes(80))

    assert [one.standing is not None for one in taught] == [False] * 6 + [True]


def test_another_model_learns_anew_what_was_said() -> None:
    wholesale()
    understanding.learn(at=NOW + minutes(60))
    understanding.learn(at=NOW + minutes(70))
    rows = LearnedModel.objects.filter(about="topic")
    assert rows.count() == 1
    rows.update(base="0")

    understanding.learn(at=NOW + minutes(80))

    assert list(rows.order_by("id").values_list("base", "is_used")) == [
        ("0", True),
        (knowing.reader().model.version, True),
    ]


def test_one_learns_at_a_time() -> None:
    wholesale()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(%s)", [locks.number(*learning.AT_WORK)])
        understanding.learn(at=NOW + minutes(60))
    finally:
        other.close()
    assert not LearnedModel.objects.exists()

    understanding.learn_soon()
    understanding.learn_soon()

    assert ProcrastinateJob.objects.filter(task_name=understanding.LEARN).count() == 1
