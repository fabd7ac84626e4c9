"""Where the assistant is: off by default, changed with a trace, its key neither shown nor lent to another host."""

import pytest

from muhatap.accounts.models import AuditEntry
from muhatap.assistant import setting
from muhatap.assistant.endpoint import NotAnswered
from muhatap.assistant.models import Assistant, Task
from muhatap.assistant.setting import Incomplete, KeyStays
from muhatap.assistant.trouble import Trouble
from tests import cast
from tests.assistant.model_server import KEY, ModelServer, turn_on, wanted

pytestmark = pytest.mark.django_db


def test_nothing_is_on_before_somebody_turns_it_on() -> None:
    assert not setting.tasks(cast.zeynep())
    assert not any(setting.is_on(task, setting.current()) for task in Task.values)


def test_what_is_on_is_what_was_chosen(model_server: ModelServer) -> None:
    turn_on(model_server, does_draft=False, does_summarise=False)
    assert setting.tasks(cast.zeynep()) == {Task.THEIRS, Task.OURS}


def test_the_key_is_sealed_and_stands_in_no_audit(model_server: ModelServer) -> None:
    turn_on(model_server)
    turn_on(model_server, key=None, model="ihlamur-13b")
    row = Assistant.objects.get()
    assert KEY not in row.key_sealed and setting.place(row).key == KEY
    first, second = AuditEntry.objects.filter(act="assistant.change").order_by("id")
    assert first.details["key"] == "entered" and first.details["draft"] is True
    assert second.details == {"model": "ihlamur-13b"}
    assert KEY not in str(first.details)


def test_saving_the_same_again_tells_nothing(model_server: ModelServer) -> None:
    turn_on(model_server)
    turn_on(model_server, key=None)
    assert AuditEntry.objects.filter(act="assistant.change").count() == 1


def test_a_stored_key_never_goes_to_another_host(model_server: ModelServer) -> None:
    turn_on(model_server)
    for elsewhere in ("https://kotu.example/v1", model_server.url.replace("http:", "https:")):
        moved = wanted(model_server, url=elsewhere, key=None)
        with pytest.raises(KeyStays):
            setting.change(wanted=moved, by=cast.selin(), at=cast.NOW)
        with pytest.raises(KeyStays):
            setting.attempt(moved, instructions="", text="", most_seconds=1)
    setting.change(wanted=wanted(model_server, url="https://yeni.example/v1", key=""), by=cast.selin(), at=cast.NOW)
    assert setting.place(Assistant.objects.get()).key == ""


def test_what_is_incomplete_is_refused(model_server: ModelServer) -> None:
    with pytest.raises(Incomplete):
        turn_on(model_server, model="")
    with pytest.raises(NotAnswered):
        turn_on(model_server, url="localhost:11434")
    assert not Assistant.objects.exists()


def test_a_trial_keeps_nothing(model_server: ModelServer) -> None:
    assert setting.attempt(wanted(model_server), instructions="Çevir", text="Merhaba", most_seconds=3)
    assert not Assistant.objects.exists()


def test_a_key_of_another_installation_is_told(model_server: ModelServer, settings: pytest.FixtureRequest) -> None:
    turn_on(model_server)
    settings.SECRET_KEY = "another-secret-key-of-more-than-32-characters"  # type: ignore[attr-defined]
    with pytest.raises(NotAnswered) as caught:
        setting.place(Assistant.objects.get())
    assert caught.value.trouble == Trouble.KEY_LOST
