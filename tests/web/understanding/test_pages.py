"""Readings under messages, correcting them, topics, and what was learned: what the browser gets."""

import pytest
from django.test import Client
from django.utils import translation

from muhatap.accounts.models import Role, User, Visibility
from muhatap.conversations.models import Message
from muhatap.interactions.models import Interaction, Post
from muhatap.understanding import knowing, topics
from muhatap.understanding.models import CatchUp, Correction, LearnedModel, Reading, Topic, TopicMerge
from muhatap.web.understanding import words
from tests import cast
from tests.automation.conftest import letter
from tests.cast import NOW
from tests.understanding.test_reading import LATE, followed, reading_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def message(db: None) -> Message:
    return followed(letter("<1@ornek.example>", text=f"{LATE} <b>Bozuk</b>"))


def of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_message_shows_what_it_says_and_why(message: Message) -> None:
    reading = reading_of(message)
    zeynep = of(cast.zeynep())

    thread = zeynep.get(f"/inbox/{message.conversation_id}/", headers={"HX-Request": "true"}).content.decode()
    why = zeynep.get(f"/understanding/readings/{reading.pk}/kind/").content.decode()

    assert f'id="reading-{reading.pk}"' in thread
    assert "<mark>" in why
    assert 'data-digit="1"' in why
    assert "<b>Bozuk" not in why


def test_a_correction_is_said_with_one_press_and_taken_back(message: Message) -> None:
    reading, zeynep = reading_of(message), of(cast.zeynep())

    said = zeynep.post(f"/understanding/readings/{reading.pk}/kind/", {"value": "request"})
    made = Correction.objects.get()

    assert (said.status_code, reading_of(message).kind, made.by) == (200, "request", cast.zeynep())
    assert f"/understanding/corrections/{made.pk}/take-back/" in said.content.decode()
    assert said.content.decode().count('data-key="i"') == 1
    back = zeynep.post(f"/understanding/corrections/{made.pk}/take-back/")
    assert (back.status_code, reading_of(message).kind) == (200, "complaint")
    assert zeynep.post(f"/understanding/readings/{reading.pk}/kind/", {"value": "rant"}).status_code == 404


def test_what_was_said_is_taken_back_from_under_the_message_also_when_it_was_said_twice(message: Message) -> None:
    reading, zeynep = reading_of(message), of(cast.zeynep())
    for _turn in range(2):
        zeynep.post(f"/understanding/readings/{reading.pk}/kind/", {"value": "request"})

    for made in Correction.objects.order_by("-id"):
        menu = zeynep.get(f"/understanding/readings/{reading.pk}/kind/").content.decode()
        assert f'hx-post="/understanding/corrections/{made.pk}/take-back/"' in menu
        assert zeynep.post(f"/understanding/corrections/{made.pk}/take-back/").status_code == 200

    assert (reading_of(message).kind, Correction.objects.standing().count()) == ("complaint", 0)
    assert "take-back" not in zeynep.get(f"/understanding/readings/{reading.pk}/kind/").content.decode()


def test_the_page_of_what_was_learned_counts_each_correction_once_and_says_what_fell(message: Message) -> None:
    reading, zeynep = reading_of(message), of(cast.zeynep())
    for _turn in range(2):
        zeynep.post(f"/understanding/readings/{reading.pk}/kind/", {"value": "request"})
    LearnedModel.objects.create(
        about="kind", base=knowing.reader().model.version, fitted_at=NOW, n_corrections=40, n_held_back=60, before=0.5, after=0.7,
        is_used=True, why="better", bytes=b"-", figures={"praise": [20, 0.9, 0.7], "request": [40, 0.3, 0.7]},
    )  # fmt: skip
    can = of(cast.can())
    User.objects.update(language="en")
    can.cookies["django_language"] = "en"
    page = can.get("/understanding/learned/").content.decode()

    assert "1 correction stands." in page and "2 corrections" not in page
    assert "Praise: 14 of 20, without it 18" in page and "Request: 28" not in page


def test_where_it_is_not_sure_it_asks_with_the_two_likeliest(message: Message) -> None:
    from muhatap.web.common import readings

    reading = reading_of(message)
    reading.unsure, reading.chances = ["kind"], {"kind": [["complaint", 0.5], ["request", 0.4]]}

    shown = readings.chips(reading, may_correct=True, asks=True)

    assert shown.count("hx-vals") == 2
    assert "hx-vals" not in readings.chips(reading, may_correct=False, asks=True)


def test_nobody_corrects_what_they_do_not_see_or_may_not_change(message: Message) -> None:
    address = f"/understanding/readings/{reading_of(message).pk}/kind/"
    stranger = cast.staff("yeni@ihlamurev.example", "Yeni Kişi", Role.AGENT, Visibility.OWN)

    assert of(stranger).get(address).status_code == 404
    assert of(cast.ece()).post(address, {"value": "praise"}).status_code == 403
    assert of(cast.can()).get(f"/understanding/readings/{reading_of(message).pk}/colour/").status_code == 404


def test_what_stands_in_no_conversation_is_for_those_who_see_all_unless_everybody_can_read_it(message: Message) -> None:
    interaction = Interaction.objects.get(pk=message.interaction_id or 0)
    message.delete()
    post = Post.objects.create(interaction=interaction, inbox=cast.support_inbox(), text=LATE, at=NOW, version_at=NOW)
    address = f"/understanding/readings/{Reading.objects.get(interaction=interaction).pk}/kind/"
    stranger = of(cast.staff("yeni@ihlamurev.example", "Yeni Kişi", Role.AGENT, Visibility.OWN))

    assert stranger.get(address).status_code == stranger.post(address, {"value": "praise"}).status_code == 404
    assert of(cast.can()).get(address).status_code == 200
    Post.objects.filter(pk=post.pk).update(url="https://forum.example/konu/7")
    assert stranger.get(address).status_code == 200


def test_topics_are_added_moved_merged_and_archived_on_their_page(message: Message) -> None:
    can = of(cast.can())
    under = Topic.objects.get(slug="teslimat").pk

    can.post("/understanding/topics/new/", {"name": "Kurye", "name_en": "Courier", "parent": str(under)})
    made = Topic.objects.get(slug="kurye")
    can.post(f"/understanding/topics/{made.pk}/", {"name": "Kuryeler", "name_en": "", "parent": ""})
    taken = can.post("/understanding/topics/new/", {"name": "Kuryeler", "parent": ""})
    can.post(f"/understanding/topics/{made.pk}/merge/", {"into": str(under)})
    merged = TopicMerge.objects.get()
    can.post(f"/understanding/topics/merges/{merged.pk}/undo/")
    can.post(f"/understanding/topics/{made.pk}/archive/")
    page = can.get("/understanding/topics/").content.decode()

    made.refresh_from_db()
    assert taken.status_code == 422
    assert (made.name, made.parent_id, made.archived_at is not None) == ("Kuryeler", None, True)
    assert f"/understanding/topics/{made.pk}/restore/" in page
    can.post(f"/understanding/topics/{made.pk}/restore/")
    assert topics.standing("kurye") == made
    assert can.post(f"/understanding/topics/{made.pk}/merge/", {"into": "x"}).status_code == 302


def test_what_was_learned_on_the_model_before_is_told_to_be_learned_anew() -> None:
    LearnedModel.objects.create(
        about="kind", base="another", fitted_at=NOW, n_corrections=40, n_held_back=60, before=0.5, after=0.7,
        is_used=True, why="better", bytes=b"-",
    )  # fmt: skip

    page = of(cast.can()).get("/understanding/learned/").content.decode()

    assert "önceki model üzerinde öğrenilmişti" in page


def test_the_page_of_what_was_learned_says_what_is_used_and_goes_back(message: Message) -> None:
    row = LearnedModel.objects.create(
        about="kind", base=knowing.reader().model.version, fitted_at=NOW, n_corrections=40, n_held_back=60, before=0.5, after=0.7,
        is_used=True, why="better", bytes=b"-",
    )  # fmt: skip
    can = of(cast.can())

    page = can.get("/understanding/learned/").content.decode()
    can.post(f"/understanding/learned/{row.pk}/take-back/")

    row.refresh_from_db()
    assert f"/understanding/learned/{row.pk}/take-back/" in page
    assert row.undone_by == cast.can()
    assert f"/learned/{row.pk}/take-back/" not in can.get("/understanding/learned/").content.decode()
    assert of(cast.zeynep()).get("/understanding/learned/").status_code == 403


def test_what_was_forgotten_says_why_it_is_no_longer_there() -> None:
    fields = {
        "base": knowing.reader().model.version,
        "n_corrections": 40,
        "n_held_back": 60,
        "before": 0.5,
        "after": 0.7,
        "fitted_at": NOW,
    }
    forgotten = {"is_used": True, "why": "better", "bytes": b"", "forgotten_at": NOW}
    worse = {"is_used": False, "why": "worse", "bytes": b""}
    row = LearnedModel.objects.create(about="kind", **fields, **forgotten)
    can = of(cast.can())

    def lines() -> tuple[str, str]:
        page = can.get("/understanding/learned/").context
        return page["fields"][0]["told"], str(page["history"][-1]["why"])

    with translation.override("tr"):
        gone, worse_told = str(words.FORGOTTEN), str(words.CAME_OF_IT["worse"])
        assert lines() == (gone, gone)
        LearnedModel.objects.create(about="kind", **fields, **worse)
        assert lines() == (f"{worse_told} {words.FORGOTTEN_BEFORE}", gone)
    assert f"/learned/{row.pk}/take-back/" not in can.get("/understanding/learned/").content.decode()


def test_older_messages_are_read_from_the_page_and_it_can_be_stopped() -> None:
    letter("<old@ornek.example>", text=LATE)
    can = of(cast.can())

    can.post("/understanding/older/")
    shown = can.get("/understanding/older/now/").content.decode()
    can.post("/understanding/older/stop/")

    assert "hx-trigger" in shown
    assert CatchUp.objects.get().ended_at is not None
    assert not Reading.objects.exists()
