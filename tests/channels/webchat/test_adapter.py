"""The adapter: what the widget sent becomes an Inbound, what we say becomes a line."""

import contextlib
import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muhatap.channels.contract import Address, FileRef, Outbound, Untranslatable
from muhatap.channels.registry import adapter
from muhatap.channels.webchat import lines, sessions
from muhatap.channels.webchat.adapter import wire
from muhatap.channels.webchat.models import ChatLine, ChatSession
from tests import cast
from tests.cast import NOW, minutes

CHAT = adapter("webchat")


def visitor(**more: object) -> ChatSession:
    page = sessions.Page(url="https://ihlamurev.example/onluk", title="Keten mutfak önlüğü")
    session = sessions.open(inbox=cast.chat_inbox(), token="", identity=None, language="tr", page=page, at=NOW).session
    for name, value in more.items():
        setattr(session, name, value)
    session.save()
    return session


def said(session: ChatSession, text: str = "Merhaba, makinede yıkanır mı?", key: str = "k1") -> ChatLine:
    return lines.put(session=session, direction="in", key=key, text=text, files=[], at=NOW)[0]


def answer(session: ChatSession, id: str = "<1@ihlamurev.example>", **more: object) -> Outbound:
    told = {"to": (Address(email=session.visitor_id),), "text": "Yıkanır, 30 derecede.", **more}
    return Outbound(message_id=id, at=NOW, sender=Address(email="", name="Zeynep Arslan"), **told)  # type: ignore[arg-type]


@pytest.mark.django_db
def test_a_message_says_who_where_and_what() -> None:
    session = visitor(name="Ayşe")
    inbound = CHAT.translate(wire(session, said(session)), {})
    assert inbound.external_id == f"{session.visitor_id}:k1"
    assert (inbound.text, inbound.subject, inbound.at) == ("Merhaba, makinede yıkanır mı?", "Keten mutfak önlüğü", NOW)
    assert (inbound.sender.kind, inbound.sender.is_verified) == ("visitor", True)
    assert inbound.facts == {"name": "Ayşe", "language": "tr"}


@pytest.mark.django_db
def test_an_address_typed_into_the_form_is_a_claim_only() -> None:
    session = visitor(email="ayse.yilmaz@ornek.example")
    claims = CHAT.translate(wire(session, said(session)), {}).claims
    assert [(c.kind, c.is_verified) for c in claims] == [("email", False), ("visitor", True)]


@pytest.mark.django_db
def test_a_signed_customer_is_the_sender_before_the_browser() -> None:
    session = visitor(email="ayse.yilmaz@ornek.example", subject="20871", is_email_verified=True)
    inbound = CHAT.translate(wire(session, said(session)), {})
    assert [(c.kind, c.is_verified) for c in inbound.claims] == [("shop", True), ("email", True), ("visitor", True)]
    assert inbound.sender.value == "20871"


@pytest.mark.parametrize("raw", [b"", b"null", b"[]", b"{}", b'{"visitor":1,"message":2}', b"\xff", b"[" * 9999])
def test_what_is_no_chat_message_says_so(raw: bytes) -> None:
    with pytest.raises(Untranslatable):
        CHAT.translate(raw, {})


@given(st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
def test_no_json_does_worse_than_being_refused(told: object) -> None:
    shape = {
        "visitor": {"id": "v_1", "name": told},
        "message": {"id": "k", "at": NOW.isoformat(), "text": "a", "files": told},
        "page": told,
    }
    for value in (told, shape):
        with contextlib.suppress(Untranslatable):
            CHAT.translate(json.dumps(value).encode(), {})


@pytest.mark.django_db
def test_an_answer_stands_once_in_the_window_however_often_it_is_sent() -> None:
    session = visitor()
    file = FileRef(name="bakım.pdf", type="application/pdf", size=3, sha256="0" * 64)
    handed: list[int] = []
    for _ in range(2):
        receipt = CHAT.send(answer(session, files=(file,)), {}, lambda: handed.append(1), at=cast.NOW)
        assert receipt.state == "accepted"
    line = session.lines.get()
    assert (line.text, line.author, line.files[0]["name"]) == ("Yıkanır, 30 derecede.", "Zeynep Arslan", "bakım.pdf")
    assert len(handed) == 2


@pytest.mark.django_db
def test_an_answer_without_address_goes_to_whom_it_answers() -> None:
    session = visitor()
    CHAT.send(
        answer(session, to=(), references=(f"{session.visitor_id}:k1", "<mail@ornek.example>")),
        {},
        lambda: None,
        at=cast.NOW,
    )
    assert session.lines.count() == 1


@pytest.mark.django_db
def test_an_answer_to_nobody_fails_for_good() -> None:
    session = visitor()
    assert CHAT.send(answer(session, to=(Address(email="v_nobody"),)), {}, lambda: None, at=cast.NOW).state == "failed"


@pytest.mark.django_db
def test_nothing_stands_in_the_window_when_it_was_taken_back_meanwhile() -> None:
    session = visitor()

    def taken_back() -> None:
        raise RuntimeError("taken back")

    with pytest.raises(RuntimeError):
        CHAT.send(answer(session), {}, taken_back, at=cast.NOW)
    assert not session.lines.exists()


@pytest.mark.django_db
def test_marks_move_forward_and_tell_each_change_once() -> None:
    session = visitor()
    first, second = (lines.put(session=session, direction="out", key=k, text="x", files=[], at=NOW)[0] for k in "ab")
    assert [line.pk for line in lines.mark(session=session, delivered=second.pk, read=first.pk, at=NOW)] == [
        first.pk,
        second.pk,
    ]
    assert lines.mark(session=session, delivered=second.pk, read=first.pk, at=NOW) == []
    assert [line.pk for line in lines.mark(session=session, delivered=0, read=second.pk, at=NOW)] == [second.pk]
    assert all(line.read_at and line.delivered_at for line in session.lines.all())


@pytest.mark.django_db
def test_the_usual_time_to_answer_needs_five_answers() -> None:
    session = visitor()
    assert lines.usual_minutes(session.inbox_id, at=NOW) is None
    for n in range(5):
        lines.put(session=session, direction="in", key=f"q{n}", text="?", files=[], at=NOW + minutes(10 * n))
        lines.put(session=session, direction="out", key=f"a{n}", text="!", files=[], at=NOW + minutes(10 * n + 4))
    assert lines.usual_minutes(session.inbox_id, at=NOW + minutes(1)) == 4


@pytest.mark.django_db
def test_the_usual_time_to_answer_is_worked_out_once_a_minute(django_assert_num_queries: Any) -> None:
    session = visitor()
    with django_assert_num_queries(1):
        for seconds in range(0, 60, 5):
            lines.usual_minutes(session.inbox_id, at=NOW + timedelta(seconds=seconds))
