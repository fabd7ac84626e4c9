"""The triggers are seen by those who answer, set by those who lead; what came of them waits on Today."""

from datetime import timedelta

import pytest
from django.test import Client

from muhatap.accounts.models import User, Visibility
from muhatap.contacts import identity
from muhatap.conversations.models import Conversation
from muhatap.triggers import setting
from muhatap.triggers.models import Firing, Trigger
from tests import cast
from tests.cast import NOW

pytestmark = pytest.mark.django_db
FORM = {"is_on": "on", "way": "task", "text": "", "rest_days": "7"}


def login(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_trigger_is_turned_on_by_who_leads_and_not_by_who_answers() -> None:
    assert login(cast.zeynep()).post("/settings/triggers/cart_left/", FORM).status_code == 403
    assert login(cast.can()).post("/settings/triggers/cart_left/", FORM).status_code == 302

    assert Trigger.objects.get().is_on


def test_a_draft_without_words_is_refused_and_the_rest_stays() -> None:
    answer = login(cast.can()).post("/settings/triggers/cart_left/", FORM | {"way": "draft"})

    assert answer.status_code == 422
    assert not Trigger.objects.exists()


def test_what_came_of_it_waits_on_today_until_somebody_settles_it() -> None:
    cast.support_inbox()
    ayse = identity.resolve(claims=[cast.AYSE], source="email", at=NOW)
    trigger = setting.change(
        kind="empty_search", is_on=True, way="draft", text="Bulalım", rest_days=7, by=cast.can(), at=NOW
    )
    task = Firing.objects.create(
        trigger=trigger,
        contact=ayse,
        occasion="search:1",
        at=NOW,
        way="draft",
        text="Bulalım",
        reasons={"query": "yün halı"},
    )
    zeynep = login(cast.zeynep())

    page = zeynep.get("/triggers/tasks/").content.decode()
    assert "yün halı" in page
    assert f"/inbox/new/{ayse.pk}/?task={task.pk}" in page
    assert "Bulalım" in zeynep.get(f"/inbox/new/{ayse.pk}/?task={task.pk}").content.decode()
    assert zeynep.post(f"/triggers/tasks/{task.pk}/settling/").status_code == 302

    task.refresh_from_db()
    assert task.settled_by == cast.zeynep()
    assert "yün halı" not in zeynep.get("/triggers/tasks/").content.decode()
    assert "yün halı" in zeynep.get("/settings/triggers/empty_search/").content.decode()
    assert zeynep.get("/settings/triggers/empty_search/looking-back/").status_code == 200
    assert zeynep.get("/settings/triggers/nothing/").status_code == 404


def test_the_subject_of_a_conversation_is_for_those_who_may_see_it() -> None:
    ayse = identity.resolve(claims=[cast.AYSE], source="email", at=NOW)
    thread = Conversation.objects.create(
        inbox=cast.support_inbox(), contact=ayse, subject="Gizli iade", created_at=NOW, last_message_at=NOW
    )
    trigger = setting.change(
        kind="open_question", is_on=True, way="task", text="", rest_days=7, by=cast.can(), at=NOW - timedelta(days=1)
    )
    told = {"conversation": thread.pk, "subject": thread.subject}
    Firing.objects.create(trigger=trigger, contact=ayse, occasion="visit:1", at=NOW, way="task", reasons=told)
    blind = login(cast.staff("kor@ihlamurev.example", "Kör Agent", "agent", Visibility.OWN))

    for address in ("/triggers/tasks/", "/settings/triggers/open_question/"):
        page = blind.get(address).content.decode()
        assert "Ayşe Yılmaz" in page
        assert "Gizli iade" not in page
        assert "Gizli iade" in login(cast.can()).get(address).content.decode()
