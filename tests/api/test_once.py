"""Requests that are sent again, and pages while others write."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muhatap.accounts import api_requests
from muhatap.accounts.models import ApiRequest
from muhatap.contacts.models import Contact, Tag
from muhatap.conversations.models import Message
from muhatap.interactions.models import Outgoing
from muhatap.shared import clock
from tests import cast
from tests.api.program import Program, program
from tests.conversations.conftest import arrival, ayses_letter

__all__ = ["ayses_letter"]


@pytest.fixture
def shop(ayses_letter: Message) -> Program:
    return program(cast.zeynep())


@pytest.mark.django_db
def test_a_repeated_request_is_answered_again_and_done_once(shop: Program, ayses_letter: Message) -> None:
    path, sent = f"/conversations/{ayses_letter.conversation_id}/messages", {"text": "Bugün yola çıktı."}
    first = shop.post(path, sent, Idempotency_Key="yanit-1")
    again = shop.post(path, sent, Idempotency_Key="yanit-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert Outgoing.objects.count() == 1


@pytest.mark.django_db
def test_a_name_is_for_one_request(shop: Program) -> None:
    assert shop.post("/contacts", {"name": "Oğuz Çelik"}, Idempotency_Key="a").status_code == 201
    other = shop.post("/contacts", {"name": "Elif Şahin"}, Idempotency_Key="a")
    assert (other.status_code, other.json()["code"]) == (422, "key_used_otherwise")
    elsewhere = shop.post("/tags", {"name": "Oğuz Çelik"}, Idempotency_Key="a")
    assert elsewhere.status_code == 422
    assert program(cast.can()).post("/contacts", {"name": "Elif Şahin"}, Idempotency_Key="a").status_code == 201


@pytest.mark.django_db
def test_what_was_refused_is_not_remembered(shop: Program) -> None:
    assert shop.post("/contacts", {"email": "x"}, Idempotency_Key="a").status_code == 422
    assert shop.post("/contacts", {"email": "x@ornek.example"}, Idempotency_Key="a").status_code == 201


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["", "x" * 256, "ı", "a\tb"])
def test_a_name_is_plain(shop: Program, name: str) -> None:
    answer = shop.post("/contacts", {"name": "Oğuz"}, Idempotency_Key=name)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "header/Idempotency-Key")


@pytest.mark.django_db
def test_it_is_forgotten_after_a_day(shop: Program) -> None:
    shop.post("/contacts", {"name": "Oğuz"}, Idempotency_Key="a")
    ApiRequest.objects.update(at=clock.now() - timedelta(hours=25))
    assert shop.post("/contacts", {"name": "Elif"}, Idempotency_Key="a").status_code == 201
    assert api_requests.forget(at=clock.now() + timedelta(hours=25)) == 1


@pytest.mark.django_db(transaction=True)
def test_many_at_once_under_one_name_are_one_act() -> None:
    with transaction.atomic():
        message = arrival(cast.mail(id="<1@ornek.example>"))
    shop = program(cast.zeynep())
    path, sent = f"/conversations/{message.conversation_id}/messages", {"text": "Bugün yola çıktı."}
    told = _at_once(8, lambda: Program(shop.token).post(path, sent, Idempotency_Key="yanit-1"))
    assert {answer.status_code for answer in told} == {201}
    assert len({answer.json()["id"] for answer in told}) == 1
    assert Outgoing.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_at_once_with_different_bodies_are_one_act_and_refusals() -> None:
    shop = program(cast.zeynep())
    numbers = iter(range(6))
    told = _at_once(
        6, lambda: Program(shop.token).post("/contacts", {"name": f"Oğuz {next(numbers)}"}, Idempotency_Key="a")
    )
    assert sorted(answer.status_code for answer in told) == [201] + [422] * 5
    assert Contact.objects.filter(name__startswith="Oğuz").count() == 1


def _at_once(n: int, call: Callable[[], Any]) -> list[Any]:
    told: list[Any] = []
    start = threading.Barrier(n)

    def run() -> None:
        try:
            start.wait()
            told.append(call())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(n)]
    [one.start() for one in threads]
    [one.join() for one in threads]
    return told


WRITES = st.lists(st.lists(st.sampled_from(["add", "remove", "rename"]), max_size=3), max_size=8)


@pytest.mark.django_db
@given(writes=WRITES, limit=st.integers(1, 4), order=st.sampled_from(["newest", "oldest"]))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_show_each_row_exactly_once_whatever_is_written(
    shop: Program, writes: list[list[str]], limit: int, order: str
) -> None:
    """Rows that stand from the first page to the last are seen once, in order, however many come and go meanwhile."""
    Tag.objects.all().delete()
    for n in range(7):
        Tag.objects.create(name=f"e{n}", folded=f"e{n}")
    standing = list(Tag.objects.order_by("id").values_list("id", flat=True))
    seen: list[int] = []
    removed: set[int] = set()
    cursor: str | None = ""
    turns = iter(writes)
    while cursor is not None:
        answer = shop.get(f"/tags?limit={limit}&order={order}&cursor={cursor}").json()
        seen += [row["id"] for row in answer["data"]]
        cursor = answer["next"]
        for write in next(turns, []):
            removed |= _write(write)
    assert len(seen) == len(set(seen))
    assert seen == sorted(seen, reverse=order == "newest")
    assert set(standing) - removed <= set(seen)


def _write(what: str) -> set[int]:
    n = Tag.objects.count()
    if what == "add":
        name = f"yeni {Tag.objects.order_by('-id').values_list('id', flat=True).first()}"
        Tag.objects.create(name=name, folded=name)
    elif what == "remove" and n:
        gone = Tag.objects.order_by("id")[n // 2]
        number = gone.pk
        gone.delete()
        return {number}
    elif n:
        Tag.objects.filter(pk=Tag.objects.order_by("id")[n // 2].pk).update(name="aaa")
    return set()


@pytest.mark.django_db
@pytest.mark.parametrize("cursor", ["x", "n1", "bjE", "b", "====", "ı", "%00", "bzEyMw", "b" * 60])
def test_a_made_up_cursor_is_refused_or_finds_an_end(shop: Program, cursor: str) -> None:
    answer = shop.get(f"/tags?cursor={cursor}")
    assert answer.status_code in (200, 422)
    if answer.status_code == 422:
        assert answer.json()["errors"][0]["pointer"] == "?cursor"
