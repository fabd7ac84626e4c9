"""A page that still shows a conversation somebody merged into another: what is done there is done where people look."""

import pytest
from django.test import Client

from muhatap.channels.contract import Address
from muhatap.conversations import noting, rearranging
from muhatap.conversations.models import Conversation, Message
from muhatap.flow import reply
from tests import cast
from tests.conversations.conftest import arrival

pytestmark = pytest.mark.django_db
AYSE = (Address(email="ayse.yilmaz@ornek.example", name="Ayşe Yılmaz"),)


@pytest.fixture
def merged() -> tuple[Conversation, Conversation]:
    """Ayşe's first conversation, merged into her second, and that into her third."""
    first, second, third = (
        arrival(cast.mail(id=f"<{n}@ornek.example>", subject=f"Konu {n}")).conversation for n in range(3)
    )
    rearranging.merge(conversation=first, target=second, by=cast.can(), at=cast.NOW)
    rearranging.merge(conversation=second, target=third, by=cast.can(), at=cast.NOW)
    return first, third


def test_an_answer_written_meanwhile_goes_out_in_the_thread_it_was_merged_into(
    merged: tuple[Conversation, Conversation],
) -> None:
    first, third = merged

    sent = reply.send(
        conversation=first, answer=reply.Answer(html="<p>Yola çıktı.</p>", to=AYSE), by=cast.zeynep(), at=cast.NOW
    )

    assert sent.conversation_id == third.pk
    note = noting.write_note(conversation=first, html="<p>Arandı</p>", text="Arandı", by=cast.zeynep(), at=cast.NOW)
    assert note.conversation_id == third.pk


def test_its_page_and_its_acts_are_those_of_the_thread_it_was_merged_into(
    client: Client, merged: tuple[Conversation, Conversation]
) -> None:
    first, third = merged
    client.force_login(cast.can())

    assert client.get(f"/inbox/{first.pk}/").status_code == 200
    assert client.post(f"/inbox/{first.pk}/closure/").status_code == 200
    third.refresh_from_db()
    assert third.status == "resolved"
    said = client.post(f"/inbox/{first.pk}/message/", {"kind": "note", "html": "<p>Kargo arandı</p>"})
    assert said.status_code == 200
    assert Message.objects.get(kind="note").conversation_id == third.pk


def test_what_was_moved_on_since_is_not_put_back_and_we_say_why(
    client: Client, merged: tuple[Conversation, Conversation]
) -> None:
    first, _third = merged
    client.force_login(cast.can())

    answer = client.post(f"/inbox/rearrangements/{first.rearranged_from.get().pk}/undoing/")

    assert answer.status_code == 200
    first.refresh_from_db()
    assert first.merged_into_id
