"""Mail for those who have not looked, and quiet hours."""

from datetime import datetime, time, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from muhatap.conversations.models import Conversation, Message
from muhatap.notices import mailing, presence, resting, telling, wishes
from muhatap.notices.models import Notice, QuietHours
from tests import cast
from tests.conversations.conftest import arrival

pytestmark = pytest.mark.django_db
LATER = cast.NOW + timedelta(minutes=16)


@pytest.fixture(autouse=True)
def _has_mail(settings: Any) -> None:
    settings.HAS_MAIL = True
    settings.PUBLIC_URL = "https://muhatap.ihlamurev.example"


def tell(message: Message, user: cast.User | None = None) -> None:
    telling.tell(users=[user or cast.can()], kind="mention", message=message, at=cast.NOW)


def test_one_mail_gathers_what_nobody_looked_at(ayses_letter: Message, mailoutbox: list[Any]) -> None:
    cast.can()
    elifs = arrival(cast.mail(cast.ELIF, id="<elif@x>", text="Önlüğün boyu uzun olur mu?"))
    tell(ayses_letter)
    tell(elifs)

    assert mailing.mail_unseen(at=cast.NOW + timedelta(minutes=14)) == 0
    assert mailing.mail_unseen(at=LATER) == 1
    assert mailing.mail_unseen(at=LATER) == 0

    [mail] = mailoutbox
    assert mail.to == ["can@ihlamurev.example"]
    assert (
        "Elif Şahin" in mail.body and f"https://muhatap.ihlamurev.example/inbox/{elifs.conversation_id}/" in mail.body
    )
    assert mail.extra_headers["Auto-Submitted"] == "auto-generated"
    assert mail.extra_headers["List-Unsubscribe"] == "<https://muhatap.ihlamurev.example/notices/preferences/>"


def test_the_mail_is_in_the_language_of_its_reader(ayses_letter: Message, mailoutbox: list[Any]) -> None:
    cast.User.objects.filter(pk=cast.can().pk).update(language="en")
    tell(ayses_letter)

    mailing.mail_unseen(at=LATER)

    assert mailoutbox[0].subject.startswith("1 conversation is waiting for you")


def looks(message: Message) -> None:
    presence.beat(user=cast.can(), tab="a", conversation=None, at=LATER)


def has_seen(message: Message) -> None:
    telling.see(user=cast.can(), conversation=message.conversation, at=cast.NOW)


def rests(message: Message) -> None:
    wishes.wish(user=cast.can(), wanted={}, quiet=QuietHours(weekends=True))  # the cast lives on a Saturday


def may_not_see(message: Message) -> None:
    cast.User.objects.filter(pk=cast.can().pk).update(visibility="own")


def may_not_enter(message: Message) -> None:
    cast.User.objects.filter(pk=cast.can().pk).update(is_active=False)


def reads_our_mailbox(message: Message) -> None:
    cast.User.objects.filter(pk=cast.can().pk).update(email="destek@ihlamurev.example")


@pytest.mark.parametrize("why", [looks, has_seen, rests, may_not_see, may_not_enter, reads_our_mailbox])
def test_no_mail_goes_to_somebody_who(ayses_letter: Message, mailoutbox: list[Any], why: Any) -> None:
    tell(ayses_letter)
    why(ayses_letter)

    assert mailing.mail_unseen(at=LATER) == 0 and mailoutbox == []


def test_a_mail_that_could_not_go_is_tried_again(
    ayses_letter: Message, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(ayses_letter)

    def fails(self: object) -> int:
        raise SMTPException("away")

    with monkeypatch.context() as away:
        away.setattr("django.core.mail.EmailMessage.send", fails)
        assert mailing.mail_unseen(at=LATER) == 0
    assert Notice.objects.get().mailed_at is None
    assert mailing.mail_unseen(at=LATER) == 1


def test_without_a_mail_server_nothing_is_tried(ayses_letter: Message, settings: Any, mailoutbox: list[Any]) -> None:
    settings.HAS_MAIL = False
    tell(ayses_letter)

    assert mailing.mail_unseen(at=LATER) == 0 and mailoutbox == []


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo("Europe/Istanbul"))


@pytest.mark.parametrize(
    ("quiet", "at", "is_quiet"),
    [
        (QuietHours(begins=time(20), ends=time(8, 30)), local(19, 19, 59), False),
        (QuietHours(begins=time(20), ends=time(8, 30)), local(19, 20), True),
        (QuietHours(begins=time(20), ends=time(8, 30)), local(20, 8, 29), True),
        (QuietHours(begins=time(20), ends=time(8, 30)), local(20, 8, 30), False),
        (QuietHours(begins=time(12), ends=time(13)), local(20, 12, 30), True),
        (QuietHours(begins=time(12), ends=time(13)), local(20, 13), False),
        (QuietHours(weekends=True), local(20, 23, 59), False),  # Friday
        (QuietHours(weekends=True), local(21, 0), True),
        (QuietHours(weekends=True), local(23, 0), False),  # Monday
        (QuietHours(), local(20, 3), False),
        (QuietHours(begins=time(20), ends=time(22), time_zone="Europe/London"), local(19, 21), False),
        (QuietHours(begins=time(20), ends=time(22), time_zone="Europe/London"), local(19, 23), True),
    ],
)
def test_quiet_hours_follow_the_clock_on_the_wall(quiet: QuietHours, at: datetime, is_quiet: bool) -> None:
    assert resting.is_quiet(quiet, at) == is_quiet


def test_a_passed_deadline_may_pass_through_quiet_hours(conversation: Conversation) -> None:
    for lets_pass in (False, True):
        wishes.wish(user=cast.can(), wanted={}, quiet=QuietHours(weekends=True, lets_breaches_pass=lets_pass))
        assert resting.rests(cast.can(), at=cast.NOW, kind="mine")
        assert resting.rests(cast.can(), at=cast.NOW, kind="breach") is not lets_pass


def test_old_notices_are_forgotten(ayses_letter: Message) -> None:
    tell(ayses_letter)
    telling.forget_old(at=cast.NOW + timedelta(days=89))
    assert Notice.objects.exists()

    telling.see_all(user=cast.can(), at=cast.NOW)
    telling.forget_old(at=cast.NOW + timedelta(days=31))
    assert not Notice.objects.exists()


def test_an_address_that_is_refused_keeps_nobody_else_from_hearing(
    ayses_letter: Message, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(ayses_letter, cast.zeynep())
    tell(ayses_letter, cast.can())
    sends = mailing.EmailMessage.send

    def refuses_zeynep(mail: Any) -> int:
        if mail.to == ["zeynep@ihlamurev.example"]:
            raise SMTPRecipientsRefused({"zeynep@ihlamurev.example": (550, b"no such mailbox")})
        return int(sends(mail))

    monkeypatch.setattr(mailing.EmailMessage, "send", refuses_zeynep)

    assert mailing.mail_unseen(at=LATER) == 1
    assert [mail.to for mail in mailoutbox] == [["can@ihlamurev.example"]]
    assert mailing.mail_unseen(at=LATER) == 0


def test_a_passed_deadline_is_mailed_in_quiet_hours_to_those_who_want_it(
    ayses_letter: Message, mailoutbox: list[Any]
) -> None:
    quiet = QuietHours(weekends=True, lets_breaches_pass=True)
    wishes.wish(user=cast.can(), wanted={"mention": ["mail"], "breach": ["mail"]}, quiet=quiet)
    tell(ayses_letter)
    assert mailing.mail_unseen(at=LATER) == 0

    telling.tell(users=[cast.can()], kind="breach", message=ayses_letter, at=cast.NOW)
    assert mailing.mail_unseen(at=LATER) == 1
    assert Notice.objects.get(kind="mention").mailed_at is None


def test_what_was_told_on_a_quiet_weekend_is_mailed_on_monday(ayses_letter: Message, mailoutbox: list[Any]) -> None:
    wishes.wish(user=cast.can(), wanted={"mention": ["mail"]}, quiet=QuietHours(weekends=True))
    tell(ayses_letter)

    assert mailing.mail_unseen(at=local(22, 12)) == 0
    assert mailing.mail_unseen(at=local(23, 0, 1)) == 1
