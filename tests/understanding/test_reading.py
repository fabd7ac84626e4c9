"""Messages are read as they come; people correct what was read, and the conversation knows."""

from collections.abc import Mapping

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from muhatap.automation import conditions
from muhatap.automation.case import Case
from muhatap.conversations import closing, rearranging, wanting
from muhatap.conversations.models import Conversation, Message
from muhatap.flow import happened, understanding, wire
from muhatap.interactions.models import Interaction
from muhatap.reading.reader import Reader
from muhatap.understanding import catching_up, correcting, knowing
from muhatap.understanding.models import CatchUp, Correction, LearnedModel, Reading, Topic
from tests import cast
from tests.automation.conftest import letter
from tests.cast import NOW, minutes

pytestmark = pytest.mark.django_db

LATE = "Kargom hâlâ gelmedi, üçüncü kez yazıyorum."


def followed(message: Message) -> Message:
    """What the job does, with the entry read anew."""
    fresh = Message.objects.select_related("conversation").get(pk=message.pk)
    understanding.follow(message=fresh, at=NOW)
    return fresh


def reading_of(message: Message) -> Reading:
    return Reading.objects.get(interaction=message.interaction_id)


def seen(message: Message) -> Conversation:
    return Conversation.objects.get(pk=message.conversation_id)


def test_a_message_is_read_once_with_reasons_and_its_conversation_knows() -> None:
    message = letter("<1@ornek.example>", text=LATE)

    followed(message)
    followed(message)

    read = reading_of(message)
    assert (read.kind, read.language, read.topic and read.topic.slug) == ("complaint", "tr", "teslimat")
    assert any("gelmedi" in one["words"] for one in read.reasons if one["about"] == "kind")
    assert (seen(message).said_kind, seen(message).said_topic) == ("complaint", read.topic_id)


def test_words_without_a_letter_and_what_machines_write_are_not_read() -> None:
    silent = letter("<1@ornek.example>", text=" ", subject="")
    away = letter("<2@ornek.example>", text=LATE, kind="auto_reply")

    for message in (silent, away):
        followed(message)

    assert not Reading.objects.exists()


def test_a_correction_stands_is_kept_for_good_and_can_be_taken_back() -> None:
    message = letter("<1@ornek.example>", text=LATE)
    followed(message)
    read = reading_of(message)

    made = understanding.correct(reading=read, field="kind", value="request", by=cast.zeynep(), at=NOW)
    assert (reading_of(message).kind, reading_of(message).kind_confidence) == ("request", 1.0)
    assert seen(message).said_kind == "request"
    understanding.take_back(correction=made, by=cast.zeynep(), at=NOW)

    assert (reading_of(message).kind, reading_of(message).corrected_at) == ("complaint", None)
    assert [(one.old, one.new) for one in read.corrections.order_by("id")] == [
        ("complaint", "request"),
        ("request", "complaint"),
    ]
    with pytest.raises(correcting.TakenBack):
        understanding.take_back(correction=made, by=cast.zeynep(), at=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        Correction.objects.filter(pk=made.pk).update(new="praise")


@pytest.mark.parametrize(
    ("field", "value"), [("kind", "rant"), ("topic", "nowhere"), ("language", "Türkçe"), ("x", "y")]
)
def test_nobody_can_say_what_a_reading_cannot(field: str, value: str) -> None:
    message = letter("<1@ornek.example>", text=LATE)
    followed(message)

    with pytest.raises(correcting.BadAnswer):
        correcting.correct(reading=reading_of(message), field=field, value=value, by=cast.zeynep(), at=NOW)


def test_a_message_that_cannot_be_read_is_a_message_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    message = letter("<1@ornek.example>", text=LATE)

    def breaks(self: Reader, text: str) -> None:
        raise RuntimeError("no model")

    with monkeypatch.context() as broken:
        broken.setattr(Reader, "look", breaks)
        with pytest.raises(happened.NotAllFollowed, match="understanding"):
            happened.follow(message_id=message.pk, at=NOW)
    happened.follow(message_id=message.pk, at=NOW)

    assert reading_of(message).kind == "complaint"


def test_after_it_was_resolved_only_what_they_say_anew_counts() -> None:
    message = letter("<1@ornek.example>", text=LATE)
    followed(message)
    closing.resolve(conversation=seen(message), by=cast.zeynep(), at=NOW)
    thanks = letter(
        "<2@ornek.example>",
        text="Teşekkürler, çok memnun kaldım!",
        in_reply_to="<1@ornek.example>",
        at=NOW + minutes(5),
    )

    followed(thanks)

    assert thanks.conversation_id == message.conversation_id
    assert seen(message).said_kind == "praise"


def test_older_messages_are_read_piece_by_piece() -> None:
    messages = [letter(f"<{n}@ornek.example>", text=LATE) for n in range(3)]
    work = catching_up.begin(by=cast.can(), at=NOW)
    with pytest.raises(catching_up.AtWork):
        catching_up.begin(by=None, at=NOW)

    for _turn in range(3):
        understanding.read_older(catch_up_id=work.pk, at=NOW)

    work.refresh_from_db()
    assert (work.n_all, work.n_looked, work.n_read, work.n_failed, work.ended_at) == (3, 3, 3, 0, NOW)
    assert Reading.objects.count() == len(messages)


def test_a_piece_that_is_read_twice_goes_on_once() -> None:
    for n in range(3):
        letter(f"<{n}@ornek.example>", text=LATE)
    work = catching_up.begin(by=cast.can(), at=NOW)
    waiting = ProcrastinateJob.objects.filter(task_name=catching_up.JOB)

    for _turn in range(2):
        understanding.read_older(catch_up_id=work.pk, before=work.before, at=NOW)

    on = CatchUp.objects.get(pk=work.pk).before
    assert [job.args["before"] for job in waiting.order_by("id")] == [work.before, on]
    assert CatchUp.objects.get(pk=work.pk).ended_at is None


def test_of_two_messages_read_at_once_the_second_to_tell_sees_the_first() -> None:
    message = letter("<1@ornek.example>", text=LATE)

    with CaptureQueriesContext(connection) as asked:
        followed(message)

    told = [one["sql"] for one in asked.captured_queries]
    held = next(n for n, sql in enumerate(told) if "conversations_conversation" in sql and "FOR NO KEY UPDATE" in sql)
    read = next(n for n, sql in enumerate(told) if "join understanding_reading" in sql)
    assert held < read


def test_messages_that_move_take_what_they_say_with_them() -> None:
    first = followed(letter("<1@ornek.example>", text="Kumaş %100 keten mi?", subject="Keten"))
    second = followed(letter("<2@ornek.example>", text=LATE, in_reply_to="<1@ornek.example>", at=NOW + minutes(5)))
    assert (first.conversation_id, seen(first).said_kind) == (second.conversation_id, "complaint")

    done = rearranging.split(conversation=seen(first), message_ids=[second.pk], by=cast.zeynep(), at=NOW)
    follow_all()
    apart = [Conversation.objects.get(pk=pk).said_kind for pk in (done.source_id, done.target_id)]
    rearranging.undo(rearrangement=done, by=cast.zeynep(), at=NOW)
    follow_all()

    assert apart == ["question", "complaint"]
    assert seen(first).said_kind == "complaint"


def follow_all() -> None:
    """What the jobs after events do."""
    for pk in Message.objects.filter(kind=Message.Kind.EVENT).order_by("pk").values_list("pk", flat=True):
        happened.follow(message_id=pk, at=NOW)


def test_rules_and_views_ask_what_was_said() -> None:
    message = followed(letter("<1@ornek.example>", text=LATE))
    case = Case(message=message, conversation=message.conversation, at=NOW)
    holds = {"kind": "said_kind", "how": "is", "values": ["complaint"]}
    topic = reading_of(message).topic_id
    wanted = wanting.Wanted(
        conditions=(
            wanting.read("said_kind", "is", ["complaint"]),
            wanting.read("said_topic", "is", [str(topic)]),
        )
    )

    assert conditions.held("all", [holds], case)
    assert conditions.held("all", [holds | {"how": "is_not"}], case) is None
    found = Conversation.objects.filter(wanting.condition(wanted, user=cast.zeynep(), at=NOW))
    assert list(found) == [message.conversation]
    with pytest.raises(wanting.BadCondition):
        wanting.read("said_kind", "is", ["rant"])


def test_other_systems_hear_what_a_message_says() -> None:
    message = followed(letter("<1@ornek.example>", text=LATE))

    told = wire.message(wire.with_all_of_messages(Message.objects.all()).get(pk=message.pk))["reading"]

    assert (told["kind"], told["topic"], set(told["confidences"])) == (
        "complaint",
        "teslimat",
        {"kind", "urgency", "sentiment", "language", "topic"},
    )


def test_a_topic_of_ones_own_is_learned_from_a_few_corrections() -> None:
    from muhatap.understanding import topics

    topics.ensure(at=NOW)
    wholesale = topics.add(name="Toptan satış", by=cast.can(), at=NOW)
    said = [
        "Otelimiz için 40 adet nevresim fiyat teklifi rica ederiz",
        "Otel için toplu alımda adet fiyatınız nedir",
        "Pansiyonumuza 25 adet havlu alacağız, teklif verir misiniz",
        "Kafemiz için 60 adet önlük, kurumsal fatura ile teklif",
        "Otelimize 100 adet çarşaf için adet fiyat teklifi",
        "Yurt için 200 adet yastık toplu alım teklifi istiyoruz",
    ]
    for n, text in enumerate(said):
        message = followed(letter(f"<{n}@ornek.example>", text=text, subject="", at=NOW + minutes(n)))
        understanding.correct(reading=reading_of(message), field="topic", value=wholesale.slug, by=cast.can(), at=NOW)

    understanding.learn(at=NOW + minutes(60))

    learned = LearnedModel.objects.get(about="topic")
    assert (learned.is_used, learned.n_corrections) == (True, len(said))
    new = followed(letter("<new@ornek.example>", text="Otelimiz için 80 adet havlu teklifi rica ederiz", subject=""))
    read = reading_of(new)
    assert (read.topic, read.model_version) == (wholesale, f"{knowing.reader().model.version}+topic{learned.pk}")
    assert any(one["sign"] == "learned" for one in read.reasons if one["about"] == "topic")


def test_what_was_learned_is_taken_back_to_what_was_before() -> None:
    from muhatap.understanding import learning

    fields = {
        "about": "kind",
        "base": knowing.reader().model.version,
        "n_corrections": 9,
        "n_held_back": 5,
        "before": 0.5,
        "after": 0.6,
    }
    rows = [
        LearnedModel.objects.create(**fields, fitted_at=NOW, is_used=True, why="better", bytes=b"-")
        for _turn in range(2)
    ]
    assert knowing.used() == {"kind": rows[1].pk}

    learning.take_back(learned=rows[1], by=cast.can(), at=NOW)

    assert knowing.used() == {"kind": rows[0].pk}
    with pytest.raises(learning.NotUsed):
        learning.take_back(learned=rows[1], by=cast.can(), at=NOW)


def test_texts_that_are_gone_teach_nothing() -> None:
    from muhatap.understanding import learning

    message = followed(letter("<1@ornek.example>", text=LATE))
    understanding.correct(reading=reading_of(message), field="kind", value="request", by=cast.can(), at=NOW)

    def nothing(numbers: object) -> Mapping[int, str]:
        return {}

    assert learning.refit(texts=nothing, at=NOW) == []
    Interaction.objects.filter(pk=message.interaction_id or 0).delete()
    assert not Correction.objects.exists()


def test_the_tree_begins_with_what_the_reader_knows() -> None:
    from muhatap.understanding import topics

    topics.ensure(at=NOW)
    topics.ensure(at=NOW)

    bases = set(Topic.objects.exclude(base="").values_list("base", flat=True))
    assert bases == set(Reader().model.answers["topic"])
