"""The demo shop comes in through the front door, and looks as if it had happened just now."""

import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import transaction
from pytest_django import DjangoDbBlocker

from demo import days, letters, shop
from demo.play import STORY, Played, happenings, play
from muhatap.accounts.models import User
from muhatap.channels.email import parsing
from muhatap.contacts.models import Contact, Identity, Merge
from muhatap.conversations import lists
from muhatap.conversations.models import Conversation, Message
from muhatap.feedback.models import Response
from muhatap.interactions import timeline
from muhatap.interactions.models import Interaction, Outgoing, Quarantine, RawItem
from muhatap.notices.models import Notice
from muhatap.sales.models import Cart, Order
from muhatap.service.models import Case
from muhatap.understanding.models import ThemeWeek
from tests import cast

TOLD: list[str] = []


@pytest.fixture(scope="module")
def _played(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Played]:
    """The shop, played once for all tests here; each of them rolls back to it, and in the end it is gone."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield play(at=cast.NOW, report=TOLD.append)
        transaction.set_rollback(True)


@pytest.fixture
def played(_played: Played, db: None) -> Played:
    return _played


def zeynep() -> User:
    return User.objects.get(email="zeynep@ihlamurev.example")


@pytest.mark.usefixtures("played")
class TestThePlayedShop:
    def test_ayse_wrote_by_mail_and_chat_and_is_one_contact_with_one_timeline(self) -> None:
        ayse = Contact.objects.get(email="ayse.yilmaz@ornek.example")
        assert {row.kind for row in Identity.objects.filter(contact=ayse, verified_at__isnull=False)} == {
            "email", "phone", "shop", "visitor",
        }  # fmt: skip
        channels = {row.channel for row in timeline.page(ayse).rows}
        assert channels == {"email", "webchat", "web", "shop", "case"}
        assert Contact.objects.filter(name="Ayşe Yılmaz", merged_into=None).count() == 1

    def test_her_mails_are_one_conversation_in_their_order(self) -> None:
        conversation = Conversation.objects.get(subject="Nevresim takımım hâlâ gelmedi")
        spoken = conversation.messages.exclude(kind="event").order_by("at")
        assert [message.kind for message in spoken] == [
            "inbound", "outbound", "inbound", "outbound", "inbound", "note", "inbound",
        ]  # fmt: skip
        assert spoken.last().reply_text == "Bir de bu akşam evde değilim, yarın gelse olur mu?"  # type: ignore[union-attr]
        assert spoken[4].placed_because == "token"

    def test_only_the_poisonous_mail_is_in_quarantine(self) -> None:
        assert [row.item.dedupe_key for row in Quarantine.objects.select_related("item")] == ["demo:zehirli"]

    def test_every_other_raw_item_became_exactly_one_interaction(self) -> None:
        digested = RawItem.objects.exclude(dedupe_key="demo:zehirli")
        assert not digested.filter(digested_at=None).exists()
        elsewhere = ("survey", "visit", "order", "case")
        assert digested.count() == Interaction.objects.filter(direction="in").exclude(kind__in=elsewhere).count()

    def test_the_shops_server_told_of_orders_and_browsers_left_carts(self) -> None:
        late = Order.objects.late(at=cast.NOW).get()
        assert (late.number, str(late.contact), late.total) == ("10482", "Ayşe Yılmaz", Decimal("2849.90"))
        assert "Mehmet Kaya" in {str(cart.contact) for cart in Cart.objects.left()}

    def test_zeynep_finds_every_kind_of_work(self) -> None:
        counts = lists.counts(zeynep())
        views = {view: [row.name for row in lists.page(zeynep(), view).rows] for view in ("mine", "snoozed")}
        assert views["mine"] == [
            "Mehmet Kaya", "Ayşe Yılmaz", "Elif Şahin", "Oğuz Çelik", "İpek Güneş", "Gülşen Işık", "Hakan Demir",
            "Fatih Öztürk", "Şule Çağlar",
        ]  # fmt: skip
        assert counts["mine"] == 9
        assert counts["unassigned"] >= 5
        assert counts["snoozed"] == 2
        assert counts["spam"] == 3
        assert counts["resolved"] >= 4
        assert counts["drafts"] == 1
        assert any(name.startswith("team:") for name in counts)

    def test_the_list_shows_the_sentences_of_the_picture(self) -> None:
        rows = {row.name: row for row in lists.page(zeynep(), "mine").rows}
        assert rows["Elif Şahin"].preview == "Önlüğün boyu 1,65 için uzun olur mu?"
        assert rows["Mehmet Kaya"].preview.startswith("Değişim kodunuzu bu postaya ekledim")
        assert rows["Gülşen Işık"].preview.startswith("Kumaş örneğini pazartesi yolluyoruz")
        assert {name for name, row in rows.items() if row.status == "waiting"} == {
            "Mehmet Kaya", "Gülşen Işık", "Fatih Öztürk", "Şule Çağlar",
        }  # fmt: skip
        assert {name for name, row in rows.items() if row.is_unread} >= {"Hakan Demir", "Elif Şahin", "Oğuz Çelik"}
        assert rows["İpek Güneş"].has_draft

    def test_mehmets_two_contacts_were_merged_by_hand(self) -> None:
        merged = Merge.objects.get()
        assert merged.by is not None
        assert merged.by.name == "Can Aydın"
        addresses = merged.keep.identities.filter(kind="email").values_list("value", flat=True)
        assert set(addresses) == {"mehmet.kaya@ornek.example", "mkaya@kayamimarlik.example"}

    def test_the_returned_mail_marks_the_address_and_the_message(self) -> None:
        sent = Outgoing.objects.get(state=Outgoing.State.BOUNCED)
        assert sent.interaction.contact is not None
        assert sent.interaction.contact.name == "Nermin Toprak"

    def test_answers_have_left_but_for_the_last_one(self) -> None:
        states = Counter(Outgoing.objects.values_list("state", flat=True))
        assert states[Outgoing.State.QUEUED] == 1
        assert not states[Outgoing.State.UNCERTAIN] + states[Outgoing.State.HANDING] + states[Outgoing.State.FAILED]

    def test_the_automatic_answer_does_not_put_derya_back_on_the_pile(self) -> None:
        conversation = Conversation.objects.get(subject="Kafemiz için servis altlığı")
        assert conversation.status == "waiting"
        assert conversation.messages.filter(is_automatic=True).count() == 1

    def test_the_forward_stands_apart_with_a_hint(self) -> None:
        message = Message.objects.get(subject__startswith="İLT:")
        assert message.conversation.messages.filter(kind__in=("inbound", "outbound")).count() == 1
        assert "suspected" in message.placed_details

    def test_custom_fields_and_companies_are_filled(self) -> None:
        ipek = Contact.objects.get(email="ipek@gunesotel.example")
        assert ipek.company is not None
        assert ipek.company.name == "Güneş Otel"
        assert ipek.fields["kredi_siniri"] == {"amount": "250000", "currency": "TRY"}

    def test_nothing_happened_in_the_future(self) -> None:
        assert not Message.objects.filter(at__gt=cast.NOW + timedelta(minutes=1)).exists()
        assert not Message.objects.filter(recorded_at__gt=cast.NOW + timedelta(minutes=1)).exists()

    def test_surveys_were_answered_a_low_score_opened_a_case_and_a_new_subject_jumps(self) -> None:
        case = Case.objects.get(origin="survey")
        assert (str(case.contact), str(case.team), case.is_standing) == ("Elif Şahin", "Destek", True)
        assert Notice.objects.filter(case=case, user=zeynep()).exists()
        assert "naylon" in ThemeWeek.objects.get(is_jump=True).theme.words
        assert Response.objects.filter(survey__kind="nps").count() > 40

    def test_playing_again_changes_nothing(self, played: Played) -> None:
        before = _row_counts()
        again = play(at=cast.NOW + timedelta(days=1), report=lambda line: None)
        assert not again.is_new
        assert again.n_items == played.n_items
        assert _row_counts() == before

    def test_the_two_logins_are_told_and_open(self) -> None:
        assert "zeynep@ihlamurev.example" in TOLD[-1]
        assert "deniz@ihlamurev.example" in TOLD[-1]
        assert zeynep().check_password(shop.PASSWORD)


def test_days_that_people_wrote_move_along() -> None:
    said = "21 Kasım Cumartesi 18:00’e kadar; 12 Kasım’da; 18 Kas 2026 Çar, 11:48; 20 Kasım 2026 Cuma; Fri, 20 Nov 2026"
    assert days.moved(said, date(2027, 3, 5)) == (
        "5 Mart Cuma 18:00’e kadar; 24 Şubat’ta; 2 Mar 2027 Sal, 11:48; 4 Mart 2027 Perşembe; Thu, 04 Mar 2027"
    )


def test_a_mail_is_sent_at_its_moment_and_answers_what_was_really_written() -> None:
    at = datetime(2027, 3, 4, 6, 18, tzinfo=UTC)
    raw = letters.read(
        "ayse-2-gecikme", at=at, now=at, message_id=lambda name: f"<{name}.7@x>", token=lambda name: "tok"
    )
    mail = parsing.parse(raw)
    assert mail.date == at
    assert mail.in_reply_to == "<ayse-1.7@x>"
    assert mail.tokens == ("tok",)
    assert "1 Mar 2027" in mail.text


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_the_story_keeps_its_order_at_every_hour(hour: int) -> None:
    now = datetime(2026, 11, 21, hour, 1, tzinfo=days.HERE)
    moments = [days.moment(step["at"], now) for step in tomllib.loads(STORY.read_text())["moment"]]
    assert moments == sorted(moments)
    assert happenings(now)[-1][0] == now


def _row_counts() -> dict[str, int]:
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}
