"""What the marketplace tells of a question becomes an Inbound in our words."""

import json
from typing import Any

import pytest

from muhatap.channels.contract import Inbound, Untranslatable
from muhatap.channels.limits import excess
from muhatap.channels.registry import adapter
from tests import cast
from tests.channels.trendyol.marketplace import question


def read(**more: Any) -> Inbound:
    raw = json.dumps(question(**more)).encode()
    return adapter("trendyol").translate(raw, {"customers": "trendyol-a1"})


def test_a_question_is_a_message_of_the_marketplaces_own_customer() -> None:
    found = read()

    assert (found.external_id, found.subject) == ("456", "Keten nevresim, çift kişilik")
    assert found.reply_text == "Merhaba, kumaşı yıkamada çeker mi?"
    assert found.text.endswith("https://www.trendyol.com/ihlamur-ev/keten-nevresim-p-10482")
    assert (found.sender.kind, found.sender.value, found.sender.is_verified) == ("shop", "trendyol-a1:20871", True)
    assert found.facts == {"name": "Ayşe Yılmaz"} and found.at == cast.NOW - cast.minutes(10)


def test_a_name_that_is_not_to_be_shown_is_not_taken() -> None:
    found = read(showUserName=False, userName="A** Y**")
    assert found.sender.name == "" and found.facts == {}


def test_a_customer_without_a_number_is_somebody_of_this_question_alone() -> None:
    assert read(customerId=0).sender.value == "trendyol-a1:question-456"


def test_what_is_asked_runs_nothing() -> None:
    found = read(text="<script>x</script>", webUrl="javascript:alert(1)")
    assert found.html == "" and found.text == "<script>x</script>"
    assert "<script>" not in read(text="<script>x</script>\nb", productName="<b>").html


@pytest.mark.parametrize(
    "raw",
    [b"[]", b"{", b"null", b"\xff", b'{"id": 1}', json.dumps(question(text="  ")).encode(),
     json.dumps(question(creationDate="dün")).encode(), json.dumps(question(creationDate=1e30)).encode(), b"[" * 100_000],
)  # fmt: skip
def test_what_is_no_question_says_why(raw: bytes) -> None:
    with pytest.raises(Untranslatable):
        adapter("trendyol").translate(raw, {})


@pytest.mark.parametrize(("letters", "what"), [(9, "short"), (10, None), (2000, None), (2001, "length")])
def test_an_answer_has_ten_to_two_thousand_letters(letters: int, what: str | None) -> None:
    limits = adapter("trendyol").limits({})
    over = excess(limits, text="ş" * letters + " " * (letters < 10), files=(), last_inbound_at=None, at=cast.NOW)
    assert (over.what if over else None) == what
