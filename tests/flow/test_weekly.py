"""The weekly letter: to everybody, in their language, on their Monday morning, once, and with nothing that points to a customer."""

from datetime import date, datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any, ClassVar

import pytest
from django.core import mail
from django.core.mail.backends import smtp
from django.core.mail.backends.locmem import EmailBackend

from muhatap.accounts.models import User, Visibility
from muhatap.flow import weekly
from muhatap.insight import weekly as figures
from muhatap.insight.models import WeeklyLetter
from muhatap.notices.models import Kind, QuietHours, Wish
from tests import cast
from tests.insight.conftest import after
from tests.insight.voice_world import said, topic

pytestmark = pytest.mark.django_db
MORNING = datetime.fromisoformat("2026-11-23T08:00+03:00")  # the Monday after
State = WeeklyLetter.State
COMPLAINT = "Ben Ayşe, 10482 numaralı kargom hâlâ gelmedi, 0532 123 41 18 numaramdan arayın"


@pytest.fixture(autouse=True)
def _with_mail(settings: Any) -> None:
    settings.HAS_MAIL = True
    settings.PUBLIC_URL = "https://destek.ihlamurev.example"


@pytest.fixture
def week() -> None:
    said(COMPLAINT, after(60), about=topic("Kargo"))
    said(
        "Nevresimin dokusu harika, ellerinize sağlık",
        after(90),
        kind="praise",
        sender=cast.MEHMET,
        about=topic("Kalite"),
    )
    said("Yine gelmedi kargo, çok üzüldüm doğrusu", after(-7 * 24 * 60), about=topic("Kargo"))


@pytest.mark.usefixtures("week")
def test_everybody_gets_it_once_in_their_language() -> None:
    emily = cast.staff("emily@ihlamurev.example", "Emily", "marketer")
    emily.language = "en"
    emily.save()
    cast.deniz()

    assert weekly.send_due(at=MORNING - timedelta(minutes=1)) == 0
    assert weekly.send_due(at=MORNING) == len(mail.outbox) == 3  # Zeynep sits at the inbox
    assert weekly.send_due(at=MORNING + timedelta(hours=5)) == 0

    letter = next(one for one in mail.outbox if one.to == ["emily@ihlamurev.example"])
    assert "in our customers’ words" in letter.subject
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"
    assert "Kargo: 1 (1 the week before)" in letter.body
    html = letter.alternatives[0][0]  # type: ignore[attr-defined]
    assert 'lang="en"' in html and 'lang="tr"' in html
    for text in (str(letter.body), str(html)):
        assert "0532" not in text and "10482" not in text and "Yılmaz" not in text and "Ayşe," not in text
        assert "Ayşe Y." in text and "https://destek.ihlamurev.example/insight/voice/?from=2026-11-16" in text


@pytest.mark.usefixtures("week")
@pytest.mark.parametrize("language", ["tr", "en"])
def test_whoever_chose_no_language_gets_it_in_the_installations_and_it_says_so(language: str, settings: Any) -> None:
    settings.LANGUAGE_CODE = language
    User.objects.filter(pk=cast.deniz().pk).update(language="")
    weekly.send_due(at=MORNING)

    letter = next(one for one in mail.outbox if one.to == [cast.deniz().email])
    assert f'<html lang="{language}">' in str(letter.alternatives[0][0])  # type: ignore[attr-defined]
    assert ("Merhaba" if language == "tr" else "Hello") in letter.body


@pytest.mark.usefixtures("week")
def test_only_what_the_reader_may_see_is_quoted() -> None:
    cast.staff("yeni@ihlamurev.example", "Yeni Biri", "agent", Visibility.OWN)
    weekly.send_due(at=MORNING)

    letter = next(one for one in mail.outbox if one.to == ["yeni@ihlamurev.example"])
    assert "gelmedi" not in letter.body and "harika" not in letter.body
    assert "Kargo: 1" in letter.body  # figures are the firm's


@pytest.mark.usefixtures("week")
def test_who_does_not_want_it_gets_none_and_mornings_come_where_people_are() -> None:
    Wish.objects.create(user=cast.zeynep(), kind=Kind.WEEKLY, ways=[])
    QuietHours.objects.create(user=cast.deniz(), time_zone="America/New_York")
    cast.can()

    weekly.send_due(at=MORNING)
    assert [one.to for one in mail.outbox] == [["can@ihlamurev.example"]]
    weekly.send_due(at=MORNING + timedelta(hours=8))
    assert [one.to for one in mail.outbox][1:] == [["deniz@ihlamurev.example"]]


@pytest.mark.usefixtures("week")
def test_nobody_gets_it_before_the_week_of_the_firm_is_over() -> None:
    far = QuietHours.objects.create(user=cast.zeynep(), time_zone="Pacific/Auckland").user
    night = datetime.fromisoformat("2026-11-23T00:00+03:00")  # ten o'clock in the morning there

    assert weekly.send_due(at=night - timedelta(minutes=1)) == 0
    assert weekly.send_due(at=night) == 1
    assert WeeklyLetter.objects.get(user=far).week_on == after(0).date()


@pytest.mark.usefixtures("week")
def test_the_figures_of_the_firm_are_computed_once_and_for_nobody_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    cast.deniz(), cast.can()
    asked: list[date] = []
    of_firm = figures.of_firm

    def counted(week_on: date) -> figures.Week:
        asked.append(week_on)
        return of_firm(week_on)

    monkeypatch.setattr(figures, "of_firm", counted)

    assert weekly.send_due(at=MORNING) == 3
    assert weekly.send_due(at=MORNING + timedelta(minutes=10)) == 0
    assert len(asked) == 1


@pytest.mark.usefixtures("week")
def test_who_was_away_for_days_sends_no_old_week() -> None:
    assert weekly.send_due(at=MORNING + timedelta(days=2)) == 0


def test_a_week_in_which_nothing_was_said_sends_nothing() -> None:
    cast.deniz()
    assert weekly.send_due(at=MORNING) == 0


@pytest.mark.usefixtures("week")
@pytest.mark.parametrize(
    ("error", "state", "n_later"),
    [
        (SMTPServerDisconnected("gone"), State.HANDING, 0),  # it may have gone
        (SMTPRecipientsRefused({"a": (550, b"unknown")}), State.REFUSED, 0),
        (SMTPRecipientsRefused({"a": (451, b"later")}), State.WAITING, 1),
    ],
)
def test_what_may_have_gone_goes_no_second_time(
    monkeypatch: pytest.MonkeyPatch, error: Exception, state: str, n_later: int
) -> None:
    def fails(self: EmailBackend, messages: object) -> int:
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(EmailBackend, "send_messages", fails)
        assert weekly.send_due(at=MORNING) == 0
    assert WeeklyLetter.objects.get().state == state
    assert weekly.send_due(at=MORNING + timedelta(minutes=10)) == n_later


@pytest.mark.usefixtures("week")
def test_who_is_killed_while_handing_it_over_sends_no_second_one() -> None:
    user = cast.zeynep()
    letter = WeeklyLetter.objects.create(user=user, week_on=after(0).date(), state_at=MORNING)
    from muhatap.insight import letters

    assert letters.hand(letter=letter, at=MORNING)
    assert not letters.hand(letter=letter, at=MORNING)
    assert weekly.send_due(at=MORNING) == 0


@pytest.mark.usefixtures("week")
def test_a_server_that_drops_the_line_after_each_letter_gets_the_next_one_on_a_new_line(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    monkeypatch.setattr(smtp.EmailBackend, "connection_class", Dropping)
    Dropping.taken, Dropping.lines = [], 0
    cast.deniz(), cast.can()

    assert weekly.send_due(at=MORNING) == len(Dropping.taken) == Dropping.lines == 3
    assert set(WeeklyLetter.objects.values_list("state", flat=True)) == {State.SENT}


@pytest.mark.usefixtures("week")
def test_where_the_line_breaks_in_one_letter_the_others_go_later(monkeypatch: pytest.MonkeyPatch) -> None:
    cast.deniz(), cast.can()

    def breaks(self: EmailBackend, messages: object) -> int:
        raise SMTPServerDisconnected("gone")

    with monkeypatch.context() as broken:
        broken.setattr(EmailBackend, "send_messages", breaks)
        assert weekly.send_due(at=MORNING) == 0
    assert list(WeeklyLetter.objects.values_list("state", flat=True).order_by("state")) == [
        State.HANDING,
        State.WAITING,
        State.WAITING,
    ]
    assert weekly.send_due(at=MORNING + timedelta(minutes=10)) == 2


class Dropping:
    """A mail server that takes one letter on each line and then drops it."""

    taken: ClassVar[list[object]] = []
    lines: ClassVar[int] = 0

    def __init__(self, *_args: object, **_more: object) -> None:
        Dropping.lines += 1
        self.is_gone = False

    def noop(self) -> tuple[int, bytes]:
        self._speak()
        return 250, b"ok"

    def sendmail(self, _sender: str, to: object, _content: bytes) -> None:
        self._speak()
        Dropping.taken.append(to)
        self.is_gone = True

    def quit(self) -> None:
        self._speak()

    def close(self) -> None:
        pass

    def _speak(self) -> None:
        if self.is_gone:
            raise SMTPServerDisconnected("please run connect() first")
