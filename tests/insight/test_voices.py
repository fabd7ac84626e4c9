"""What customers say, counted: sums that follow readings, intervals, what leads to whom."""

from dataclasses import replace
from datetime import timedelta

import pytest

from muhatap.accounts.models import Visibility
from muhatap.contacts import tagging
from muhatap.conversations import threads
from muhatap.conversations.models import Message
from muhatap.feedback.models import Response, Survey
from muhatap.flow import measuring
from muhatap.insight import checking, intervals, masking, voice_rows, voices
from muhatap.insight.models import VoiceDay
from muhatap.insight.voice_rows import Wanted
from muhatap.insight.voices import BOUGHT_WITHIN, Asked
from muhatap.interactions.models import Interaction, Post
from muhatap.sales.models import Product, State
from muhatap.understanding.models import Reading
from tests import cast
from tests.insight.conftest import after
from tests.insight.voice_world import reads, said, sold, topic

pytestmark = pytest.mark.django_db
MONDAY = after(0).date()
WEEK = Asked(start=MONDAY, end=MONDAY + timedelta(days=6))


def _as_counted() -> None:
    """The sums before and after folding are what a count of the readings gives."""
    assert voices.is_true(WEEK.start, WEEK.end)
    voices.fold()
    assert voices.is_true(WEEK.start, WEEK.end)


def test_sums_follow_readings_through_every_change() -> None:
    kargo, kalite = topic("Kargo"), topic("Kalite")
    first = said("Kargo gelmedi", about=kargo)
    said("Çok güzel", after(24 * 60), kind="praise", about=kalite)
    said("Reklam", after(24 * 60), kind="other")
    _as_counted()
    assert (voices.total(WEEK).complaint, voices.total(WEEK).n) == (1, 2)

    Reading.objects.filter(interaction=first.interaction).update(kind="request", topic=kalite)
    _as_counted()
    assert voices.counts(WEEK, "topic")[kalite.pk].asked == 1

    Reading.objects.filter(interaction=first.interaction).delete()
    _as_counted()
    voices.refill()
    _as_counted()
    assert voices.total(WEEK).n == 1


def test_the_nightly_check_tells_of_sums_that_are_wrong_and_a_rebuild_mends_them() -> None:
    said("Kargo gelmedi", about=topic("Kargo"))
    tuesday = after(24 * 60)
    list(measuring.rebuild(at=tuesday))
    assert checking.check_yesterday(at=tuesday).differences == []

    VoiceDay.objects.update(n=7)
    told = checking.check_yesterday(at=tuesday).differences
    assert "voice by topic" in {each["figure"] for each in told}
    list(measuring.rebuild(at=tuesday))
    assert checking.check_yesterday(at=tuesday).differences == []


def test_a_message_late_at_night_counts_for_the_day_of_the_firm() -> None:
    said("Kargo gelmedi", after(15 * 60 + 30))  # half past midnight in Istanbul

    assert [*voices.counts(WEEK, "on")] == [MONDAY + timedelta(days=1)]
    _as_counted()


def test_a_segment_counts_its_own_messages() -> None:
    message = said("Kargo gelmedi")
    said("Kargo gelmedi", sender=cast.MEHMET)
    assert message.contact is not None
    tagging.tag(contacts=[message.contact.pk], name="Toptan", by=cast.zeynep(), at=after(9))
    tag = message.contact.tags.get()

    assert {key: found.n for key, found in voices.counts(WEEK, "tag").items()} == {tag.pk: 1}
    assert voices.total(Asked(start=WEEK.start, end=WEEK.end, tag_id=tag.pk)).n == 1


def of_product(product: Product, about: Asked = WEEK) -> list[str]:
    """The messages behind the number of a product; the number is how many they are."""
    narrowed = replace(about, product_id=product.pk)
    texts = [row.text for row in voice_rows.page(Wanted(asked=narrowed), cast.deniz()).rows]
    counted = voices.counts(about, "product").get(product.pk, voices.Counts())
    assert voices.total(narrowed) == counted and counted.n == len(texts)
    return texts


def test_a_message_counts_for_what_its_writer_bought_last_before_it() -> None:
    early = said("Nevresim var mı?", after(0), kind="question")
    linen = sold("Nevresim", early.contact, after(10), number="1")
    said("Nevresim yırtık", after(20))
    throw = sold("Battaniye", early.contact, after(30), number="2")
    said("Yumuşacık, bayıldım", after(40), kind="praise")
    said("Kutu ezik", after(41))
    said("Havlu gelmedi", after(42), sender=cast.MEHMET)

    assert of_product(linen) == ["Nevresim yırtık"]
    assert of_product(throw) == ["Kutu ezik", "Yumuşacık, bayıldım"]
    assert {key: (one.n, one.praise, one.complaint) for key, one in voices.counts(WEEK, "product").items()} == {
        linen.pk: (1, 0, 1),
        throw.pk: (2, 1, 1),
    }


def test_what_was_cancelled_or_bought_long_ago_is_not_what_a_message_is_about() -> None:
    linen = sold("Nevresim", said("Merhaba", after(-1)).contact, after(0), number="1")
    throw = sold("Battaniye", said("Merhaba", after(-1)).contact, after(10), number="2", state=State.CANCELLED)
    said("Yırtık", after(20))
    assert (of_product(linen), of_product(throw)) == (["Yırtık"], [])

    late = after(BOUGHT_WITHIN * 24 * 60)
    said("Soldu", late - timedelta(minutes=1))
    said("Söküldü", late)
    later = Asked(start=MONDAY + timedelta(days=60), end=MONDAY + timedelta(days=100))
    assert of_product(linen, later) == ["Soldu"]


def test_rows_are_the_messages_counted_as_far_as_the_reader_sees_them() -> None:
    said("Kargo gelmedi")
    said("Çok güzel", kind="praise")
    other = cast.staff("baska@ihlamurev.example", "Başka Biri", "agent", Visibility.OWN)
    wanted = Wanted(asked=WEEK, kinds=("complaint",))

    assert [row.text for row in voice_rows.page(wanted, cast.deniz()).rows] == ["Kargo gelmedi"]
    assert voice_rows.page(wanted, other).n_hidden == 1
    first = voice_rows.page(Wanted(asked=WEEK), cast.deniz(), limit=1)
    assert [row.text for row in voice_rows.page(Wanted(asked=WEEK), cast.deniz(), before=first.next).rows] == [
        "Kargo gelmedi"
    ]


def test_an_answer_to_a_survey_and_a_post_that_was_only_heard_are_told_with_their_words() -> None:
    message = said("Kargo gelmedi")
    survey = Survey.objects.create(inbox=cast.support_inbox(), changed_at=after(0))
    words = ("Zeynep Hanım çok yardımcı oldu.", "Forumda yazdım: " + "kargo " * 100)
    numbers = []
    for kind in ("survey", "message"):
        row = Interaction.objects.create(
            kind=kind, direction="in", channel="email", at=after(1), recorded_at=after(1), title="5/5",
            contact=message.contact, excerpt="Forumda yazdım…" if kind == "message" else "",
        )  # fmt: skip
        reads(row, after(1), kind="praise")
        numbers.append(row)
    Response.objects.create(survey=survey, interaction=numbers[0], comment=words[0], score=5, at=after(1))
    entry = threads.tell(conversation=message.conversation, event="rated", by=None, at=after(1))
    Message.objects.filter(pk=entry.pk).update(interaction=numbers[0])
    Post.objects.create(
        interaction=numbers[1], inbox=cast.support_inbox(), text=words[1], at=after(1), version_at=after(1)
    )

    told = voice_rows.page(Wanted(asked=WEEK, kinds=("praise",)), cast.deniz()).rows
    assert {row.text for row in told} == set(words)
    assert {row.message_id for row in told} == {entry.pk, None}


@pytest.mark.parametrize(
    ("part", "n", "low", "high"), [(0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (31, 100, 0.228, 0.406)]
)
def test_a_share_has_the_interval_of_wilson(part: int, n: int, low: float, high: float) -> None:
    found = intervals.share(part, n)
    assert (found.low, found.high) == (pytest.approx(low, abs=0.001), pytest.approx(high, abs=0.001))


def test_an_nps_says_how_sure_it_is() -> None:
    few, many = (intervals.promoters(promoting=6 * n, passive=2 * n, detracting=2 * n) for n in (1, 100))
    assert few.value == many.value == 40
    assert few.low is not None and few.high is not None and many.low is not None and many.high is not None
    assert few.high - few.low > 5 * (many.high - many.low)
    assert intervals.promoters(promoting=0, passive=0, detracting=0).value is None


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Ben Ayşe, 0532 123 41 18'den arayın", "Ben A., •••'den arayın"),
        ("10482 numaralı siparişe 2.849,90 ₺ ödedim", "••• numaralı siparişe 2.849,90 ₺ ödedim"),
        ("ayse.yilmaz@ornek.example adresime yazın", "••• adresime yazın"),
        ("TR33 0006 1005 1978 6457 8413 26 hesabıma", "TR••• hesabıma"),
        ("2 gündür bekliyorum", "2 gündür bekliyorum"),
    ],
)
def test_what_points_to_somebody_is_masked(text: str, masked: str) -> None:
    assert masking.masked(text, names=["Ayşe Yılmaz"]) == masked
