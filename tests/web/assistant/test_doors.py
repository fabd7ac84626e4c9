"""The panel above the composer and the pages of the settings: who may, what is shown, what comes of a press."""

import pytest
from django.test import Client
from django.urls import reverse

from muhatap.accounts.models import User
from muhatap.assistant.models import Asking, Assistant, Task
from muhatap.conversations.models import Conversation, Draft
from muhatap.flow import assisting
from tests import cast
from tests.assistant.model_server import KEY, ModelServer, model_server, status, turn_on
from tests.conversations.conftest import arrival

__all__ = ["model_server"]
pytestmark = pytest.mark.django_db
FORM = {"url": "https://api.example.com/v1", "model": "ihlamur-7b", "seconds": "60"}


def client(user: User) -> Client:
    User.objects.filter(pk=user.pk).update(language="en")
    found = Client(headers={"accept-language": "en"})
    found.force_login(user)
    return found


def page(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined,no-any-return]


@pytest.fixture
def zeynep(db: None) -> Client:
    return client(cast.zeynep())


@pytest.fixture
def selin(db: None) -> Client:
    return client(cast.selin())


@pytest.fixture
def number(db: None) -> int:
    return arrival(cast.mail(id="<1@ornek.example>", text="Ben Ayşe Yılmaz, #10482 gelmedi.")).conversation_id


def shown(who: Client, number: int, task: str = "draft", **typed: str) -> str:
    return page(who.post(reverse("assistant:prepare", args=[number, task]), typed))


def answered(who: Client, number: int, task: str = "draft") -> Asking:
    shown(who, number, task, html="<p>Merhaba</p>")
    who.post(reverse("assistant:send", args=[Asking.objects.latest("id").pk]))
    assisting.carry_out(asking_id=Asking.objects.latest("id").pk, at=cast.NOW)
    return Asking.objects.latest("id")


def test_nothing_of_it_is_seen_before_it_is_on(zeynep: Client, number: int, model_server: ModelServer) -> None:
    assert "data-assists" not in page(zeynep.get(reverse("inbox:conversation", args=[number])))
    assert "turned off" in shown(zeynep, number) and not Asking.objects.exists()
    turn_on(model_server, does_summarise=False)
    opened = page(zeynep.get(reverse("inbox:conversation", args=[number])))
    assert 'data-assists="draft"' in opened and 'data-assists="summary"' not in opened
    found = page(zeynep.get(reverse("search:palette"), {"q": "transl"}))
    assert 'data-presses="[data-assists=theirs]"' in found


def test_the_whole_text_is_shown_before_it_goes(zeynep: Client, number: int, model_server: ModelServer) -> None:
    turn_on(model_server)
    told = shown(zeynep, number, wish="Say sorry to Ayşe")
    row = Asking.objects.get()
    assert "[PERSON_1], [ORDER_1] gelmedi." in told and "Say sorry to [PERSON_1B]" in told
    assert all(part in told for part in row.instructions.split("’")[0].split("\n"))
    assert model_server.asked == []
    sent = page(zeynep.post(reverse("assistant:send", args=[row.pk])))
    assert "Waiting for its turn" in sent and reverse("assistant:stop", args=[row.pk]) in sent


def test_a_server_changed_meanwhile_is_shown_before_anything_goes(
    zeynep: Client, number: int, model_server: ModelServer
) -> None:
    turn_on(model_server)
    shown(zeynep, number)
    Assistant.objects.update(model="baska-70b")
    url = reverse("assistant:send", args=[Asking.objects.get().pk])
    told = page(zeynep.post(url))
    assert "has been changed meanwhile" in told and "baska-70b" in told and "Waiting for its turn" not in told
    assert "Waiting for its turn" in page(zeynep.post(url))


def test_an_answer_is_shown_with_its_names_and_taken_with_a_way_back(
    zeynep: Client, number: int, model_server: ModelServer
) -> None:
    turn_on(model_server)
    model_server.says = ["Dear [PERSON_1], call https://kotu.example/x or [day]. <script>alert(1)</script>"]
    row = answered(zeynep, number)
    again = page(zeynep.get(reverse("assistant:standing", args=[number])))
    assert "Dear Ayşe Yılmaz" in again and "<script>alert" not in again and "&lt;script&gt;" in again
    assert "It names what nobody had sent: https://kotu.example/x" in again and "Left open: [day]" in again
    typed = {"html": "<p>Hello,</p>", "kind": "reply", "version": "0"}
    taken = zeynep.post(reverse("assistant:take", args=[row.pk]), typed)
    assert "muhatap:taken" in taken.headers["HX-Trigger"] and "bringing-back" in page(taken)
    assert Draft.objects.get().html.startswith("<p>Hello,</p><p>Dear Ayşe Yılmaz")
    assert page(zeynep.get(reverse("assistant:standing", args=[number]))) == ""


def test_thrown_away_is_gone_and_the_draft_untouched(zeynep: Client, number: int, model_server: ModelServer) -> None:
    turn_on(model_server)
    row = answered(zeynep, number)
    assert page(zeynep.post(reverse("assistant:drop", args=[row.pk]))) == ""
    row.refresh_from_db()
    assert row.used == "dropped" and not Draft.objects.exists()


def test_a_failure_says_what_to_do(zeynep: Client, number: int, model_server: ModelServer) -> None:
    turn_on(model_server)
    model_server.behaves = status(429)
    told = page(zeynep.get(reverse("assistant:show", args=[answered(zeynep, number).pk])))
    assert "your quota is used up" in told and "What you wrote is untouched" in told


def test_stop_ends_it(zeynep: Client, number: int, model_server: ModelServer) -> None:
    turn_on(model_server)
    shown(zeynep, number)
    row = Asking.objects.get()
    zeynep.post(reverse("assistant:send", args=[row.pk]))
    assert page(zeynep.post(reverse("assistant:stop", args=[row.pk]))) == ""
    row.refresh_from_db()
    assert row.state == Asking.State.CANCELLED


def test_nobody_sees_the_askings_of_others_nor_of_conversations_out_of_sight(
    zeynep: Client, number: int, model_server: ModelServer
) -> None:
    turn_on(model_server)
    row = answered(zeynep, number)
    can = client(cast.can())
    for name in ("show", "send", "stop", "take", "drop"):
        url = reverse(f"assistant:{name}", args=[row.pk])
        assert (can.get(url) if name == "show" else can.post(url)).status_code == 404
    Conversation.objects.update(inbox=cast.chat_inbox(), team=None)
    cast.zeynep().desks.all().delete()
    assert zeynep.get(reverse("assistant:show", args=[row.pk])).status_code == 404
    assert zeynep.post(reverse("assistant:prepare", args=[number, "nonsense"])).status_code == 404


def test_an_administrator_sets_it_tries_it_and_sees_what_went(
    selin: Client, zeynep: Client, number: int, model_server: ModelServer
) -> None:
    edit = reverse("assistant_settings:edit")
    assert "Off. No text goes anywhere." in page(selin.get(edit))
    typed = FORM | {"url": model_server.url, "key": KEY, "does_draft": "on"}
    tried = page(selin.post(edit, typed | {"try": "yes"}))
    assert "It works." in tried and KEY not in tried and not Assistant.objects.exists()
    assert selin.post(edit, typed).status_code == 302
    stored = page(selin.get(edit))
    assert "On. Agents see" in stored and "One is stored" in stored and KEY not in stored

    row = answered(zeynep, number)
    assert "ihlamur-7b" in page(selin.get(reverse("assistant_settings:sent")))
    one = page(selin.get(reverse("assistant_settings:one", args=[row.pk])))
    assert "[PERSON_1], [ORDER_1] gelmedi." in one and "Ayşe" not in one and "10482" not in one


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"model": "", "does_draft": "on"}, "Enter an address and a model"),
        ({"url": "api.example.com"}, "The address is not whole"),
        ({"seconds": "1"}, "greater than or equal to 5"),
        ({"key": "sk şifre"}, "neither spaces nor accents"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_what_was_typed_stays(
    selin: Client, wrong: dict[str, str], said: str
) -> None:
    answer = selin.post(reverse("assistant_settings:edit"), FORM | wrong)
    assert answer.status_code == 422 and said in page(answer)
    assert not Assistant.objects.exists()


def test_a_trial_that_fails_says_why(selin: Client, model_server: ModelServer, settings: pytest.FixtureRequest) -> None:
    edit, typed = reverse("assistant_settings:edit"), FORM | {"url": model_server.url}
    model_server.behaves = status(401)
    assert "did not accept the key" in page(selin.post(edit, typed | {"try": "yes"}))
    settings.ASSISTANT_MAY_BE_PRIVATE = False  # type: ignore[attr-defined]
    assert "MUHATAP_ASSISTANT_MAY_BE_PRIVATE=yes" in page(
        selin.post(edit, typed | {"url": "https://127.0.0.1/v1", "try": "yes"})
    )
    assert "Without https" in page(selin.post(edit, typed | {"try": "yes"}))


def test_every_task_can_be_asked_for(zeynep: Client, number: int, model_server: ModelServer) -> None:
    turn_on(model_server)
    for task in Task.values:
        assert "Exactly this will be sent" in shown(zeynep, number, task, html="<p>Merhaba Ayşe Hanım</p>")
    assert "Your draft is empty" in shown(zeynep, number, "ours", html="")
