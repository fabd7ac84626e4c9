"""An asking: shown before it is sent, sent once, stopped when nobody wants it, forgotten in time."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from muhatap.accounts.models import AuditEntry, User
from muhatap.assistant import asking, setting
from muhatap.assistant.asking import Elsewhere, NotNow, NotOn
from muhatap.assistant.models import Asking, Assistant
from muhatap.assistant.trouble import Trouble
from tests import cast
from tests.assistant.model_server import ModelServer, turn_on

pytestmark = pytest.mark.django_db
State = Asking.State


@pytest.fixture
def prepared(model_server: ModelServer) -> Asking:
    turn_on(model_server)
    return shown()


def shown(by: User | None = None) -> Asking:
    return asking.prepare(
        task="draft", conversation_id=7, instructions="Kısa yaz.", text="[KİŞİ_1]: kargom nerede?",
        given={"[KİŞİ_1]": "Ayşe Yılmaz"}, language="tr", by=by or cast.zeynep(), at=cast.NOW,
    )  # fmt: skip


def sent(row: Asking) -> Asking:
    return asking.send(asking=row, by=cast.zeynep(), at=cast.NOW)


def test_nothing_can_be_prepared_while_it_is_off() -> None:
    with pytest.raises(NotOn):
        shown()


def test_what_was_only_shown_left_nothing_behind(prepared: Asking) -> None:
    assert prepared.sent_at is None and not AuditEntry.objects.filter(act="assistant.ask").exists()
    assert "Ayşe" not in prepared.text + prepared.given_sealed
    shown()
    shown(cast.can())
    assert Asking.objects.filter(by=cast.zeynep()).count() == 1


def test_sending_queues_one_job_and_tells_the_audit(prepared: Asking) -> None:
    row = sent(prepared)
    assert row.state == State.WAITING and row.n_sent == len("Kısa yaz.[KİŞİ_1]: kargom nerede?")
    job = ProcrastinateJob.objects.get(task_name="assist")
    assert job.args == {"asking_id": row.pk} and job.queue_name == "assistant" and job.lock
    told = AuditEntry.objects.get(act="assistant.ask").details
    assert told["model"] == "ihlamur-7b" and told["conversation"] == 7 and told["characters"] == row.n_sent
    with pytest.raises(NotNow):
        sent(row)
    assert ProcrastinateJob.objects.filter(task_name="assist").count() == 1


def test_what_was_turned_off_meanwhile_does_not_go(prepared: Asking) -> None:
    Assistant.objects.update(does_draft=False)
    with pytest.raises(NotOn):
        sent(prepared)
    Assistant.objects.update(does_draft=True)
    row = sent(prepared)
    Assistant.objects.update(does_draft=False)
    assert asking.begin(asking_id=row.pk, at=cast.NOW) is None
    row.refresh_from_db()
    assert row.state == State.FAILED and row.trouble == Trouble.OFF and row.given_sealed == ""


@pytest.mark.parametrize("moved", [{"url": "https://baska.example/v1"}, {"model": "baska-70b"}, {"path": "/baska/v1"}])
def test_it_goes_only_where_the_person_saw_it_go(prepared: Asking, moved: dict[str, str]) -> None:
    shown_at = prepared.host
    if path := moved.pop("path", ""):  # the same server, another tenant's place on it
        moved["url"] = f"{urlsplit(Assistant.objects.get().url).scheme}://{shown_at}{path}"
    Assistant.objects.update(**moved)
    with pytest.raises(Elsewhere):
        sent(prepared)
    prepared.refresh_from_db()
    assert prepared.state == State.PREPARED and not ProcrastinateJob.objects.filter(task_name="assist").exists()
    there = urlsplit(moved["url"]).netloc if "url" in moved else shown_at
    assert (prepared.host, prepared.model) == (there, moved.get("model", "ihlamur-7b"))
    assert sent(prepared).state == State.WAITING  # they have seen the new place


def test_what_was_sent_to_one_server_never_goes_to_the_next(prepared: Asking) -> None:
    row = sent(prepared)
    Assistant.objects.update(url="https://baska.example/v1")
    assert asking.begin(asking_id=row.pk, at=cast.NOW) is None
    row.refresh_from_db()
    assert (row.state, row.trouble) == (State.FAILED, Trouble.OFF)


def test_silence_is_told_to_nobody(prepared: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = asking.begin(asking_id=sent(prepared).pk, at=cast.NOW)
    told: list[int] = []
    monkeypatch.setattr(asking, "_announce", lambda _row, n: told.append(n))
    assert begun and all(asking.went_on(asking_id=begun.pk, n=n) for n in (0, 12, 12))
    assert told == [12]


def test_what_was_asked_about_a_conversation_is_forgotten_with_it(prepared: Asking) -> None:
    row = answered(prepared)
    under_way, never_sent = sent(shown()), shown(cast.can())
    asking.forget_conversation(conversation_id=8, at=cast.NOW)
    assert Asking.objects.exclude(text="").count() == 3
    asking.forget_conversation(conversation_id=7, at=cast.NOW)
    row.refresh_from_db()
    under_way.refresh_from_db()
    assert not Asking.objects.filter(pk=never_sent.pk).exists()
    assert (row.text, row.answer, row.given_sealed, row.forgotten_at) == ("", "", "", cast.NOW)
    assert (under_way.state, under_way.text) == (State.CANCELLED, "")
    assert asking.standing(conversation_id=7, by=cast.zeynep(), at=cast.NOW) is None


def test_a_text_goes_out_once_even_if_the_process_died(prepared: Asking) -> None:
    row = sent(prepared)
    assert asking.begin(asking_id=row.pk, at=cast.NOW)
    assert asking.begin(asking_id=row.pk, at=cast.NOW) is None
    row.refresh_from_db()
    assert row.state == State.FAILED and row.trouble == Trouble.STOPPED


def test_an_answer_that_comes_after_stop_is_not_kept(prepared: Asking) -> None:
    row = sent(prepared)
    begun = asking.begin(asking_id=row.pk, at=cast.NOW)
    assert begun and asking.went_on(asking_id=row.pk, n=12)
    assert asking.stop(asking=row, at=cast.NOW).state == State.CANCELLED
    assert not asking.went_on(asking_id=row.pk, n=20)
    asking.answer(asking=begun, text="Merhaba", at=cast.NOW)
    asking.fail(asking=begun, trouble=Trouble.SLOW, detail="", at=cast.NOW)
    row.refresh_from_db()
    assert row.state == State.CANCELLED and row.answer == "" and row.given_sealed == ""


def answered(row: Asking) -> Asking:
    begun = asking.begin(asking_id=sent(row).pk, at=cast.NOW)
    assert begun
    asking.answer(asking=begun, text="Merhaba [KİŞİ_1]", at=cast.NOW)
    row.refresh_from_db()
    return row


def test_an_answer_is_settled_once_and_then_nobody_knows_who_was_meant(prepared: Asking) -> None:
    row = answered(prepared)
    assert asking.given(row) == {"[KİŞİ_1]": "Ayşe Yılmaz"}
    assert asking.standing(conversation_id=7, by=cast.zeynep(), at=cast.NOW) == row
    asking.settle(asking=row, used=Asking.Used.TAKEN, by=cast.zeynep(), at=cast.NOW)
    row.refresh_from_db()
    assert asking.given(row) == {} and row.answer == "Merhaba [KİŞİ_1]"
    assert AuditEntry.objects.get(act="assistant.settle").details["used"] == "taken"
    assert asking.standing(conversation_id=7, by=cast.zeynep(), at=cast.NOW) is None
    with pytest.raises(NotNow):
        asking.settle(asking=row, used=Asking.Used.DROPPED, by=cast.zeynep(), at=cast.NOW)


def test_what_was_kept_is_forgotten_in_time(prepared: Asking) -> None:
    row = answered(prepared)
    never_sent = shown()
    asking.forget(at=cast.NOW + timedelta(hours=2))
    assert not Asking.objects.filter(pk=never_sent.pk).exists()
    asking.forget(at=cast.NOW + timedelta(days=2))
    row.refresh_from_db()
    assert row.given_sealed == "" and row.text
    asking.forget(at=cast.NOW + timedelta(days=31))
    row.refresh_from_db()
    assert (row.text, row.instructions, row.answer) == ("", "", "") and row.forgotten_at
    assert row.by == cast.zeynep() and row.n_sent and row.n_received


def test_the_installation_decides_about_neighbours(settings: pytest.FixtureRequest) -> None:
    settings.ASSISTANT_MAY_BE_PRIVATE = False  # type: ignore[attr-defined]
    assert not setting.may_be_private()
