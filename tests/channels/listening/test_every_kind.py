"""The contract, asked of every listening channel alike."""

import json

import pytest

from muhatap.channels import registry
from muhatap.channels.contract import Address, Inbound, Outbound, Untranslatable
from muhatap.channels.listening import said
from tests import cast
from tests.channels.listening.recorded import ALL, RECEIVED, Recorded

every_kind = pytest.mark.parametrize("recorded", ALL, ids=lambda recorded: recorded.kind)


def read(recorded: Recorded, raw: bytes | None = None, received_at: str = RECEIVED) -> Inbound:
    meta = {**recorded.meta, "received_at": received_at}
    return registry.adapter(recorded.kind).translate(recorded.raw if raw is None else raw, meta)


def test_there_is_a_recording_of_every_kind() -> None:
    assert {recorded.kind for recorded in ALL} == set(registry.LISTENING)


@every_kind
def test_says_the_same_of_the_same_bytes(recorded: Recorded) -> None:
    first = read(recorded)

    assert first == read(recorded)
    assert first.external_id == recorded.id
    assert recorded.words in first.text and first.reply_text == first.text
    assert first.sender.name == recorded.author and not first.html


@every_kind
def test_knows_an_author_by_an_account_only(recorded: Recorded) -> None:
    sender = read(recorded).sender

    assert sender.is_verified == bool(recorded.handle)
    assert not recorded.handle or (sender.kind, sender.value) == ("handle", recorded.handle)


@every_kind
def test_keeps_a_posts_id_when_its_words_change(recorded: Recorded) -> None:
    changed = read(recorded, recorded.with_text("Başka sözler."))

    assert changed.external_id == recorded.id
    assert "Başka sözler." in changed.text


@every_kind
@pytest.mark.parametrize(
    "text",
    [
        "مرحبا، لم يصل طلبي",
        "İIıŞğ ÇÖÜ çöüşğı",
        "👩‍👩‍👧‍👦🇹🇷 e\u0301",
        "‮ters yazı‬ düz yazı",
        "sekme\tve satır\n\nsonu",
    ],
    ids=["arabic", "turkish", "emoji", "turned", "lines"],
)
def test_leaves_what_people_wrote_as_it_is(recorded: Recorded, text: str) -> None:
    inbound = read(recorded, recorded.with_text(text))

    assert set("".join(text.split())) <= set(inbound.text)


@every_kind
def test_cuts_a_post_that_is_a_book(recorded: Recorded) -> None:
    inbound = read(recorded, recorded.with_text("uzun " * 60_000))

    assert len(inbound.text) <= said.LONGEST and said.CUT in inbound.defects


@every_kind
def test_holds_no_letter_that_the_database_would_refuse(recorded: Recorded) -> None:
    if recorded.kind != "rss":  # no XML holds one
        inbound = read(recorded, recorded.with_text("bir\x00iki\ud800üç"))

        assert "\x00" not in inbound.text
        inbound.text.encode()


@every_kind
def test_takes_the_moment_of_arrival_where_there_is_no_date(recorded: Recorded) -> None:
    raw = recorded.raw
    for moment in ("2026-11-21T", "2026-11-20T"):
        raw = raw.replace(moment.encode(), b"bir gun ")
    inbound = read(recorded, raw)

    assert inbound.at == said.when(RECEIVED) and inbound.at.tzinfo is not None


@every_kind
def test_believes_no_date_that_is_still_to_come(recorded: Recorded) -> None:
    inbound = read(recorded, received_at="2026-01-01T00:00:00+00:00")

    assert inbound.at == said.when("2026-01-01T00:00:00+00:00") and inbound.defects


@every_kind
@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"[]",
        b"{}",
        b"null",
        b'{"id": 5}',
        b"[" * 100_000,
        b"<html><p>not found</p></html>",
        b'{"id": {"$ne": 1}, "text": ["x"]}',
    ],
)
def test_says_of_rubbish_that_it_cannot_be_read(recorded: Recorded, raw: bytes) -> None:
    with pytest.raises(Untranslatable):
        read(recorded, raw)


@every_kind
def test_bears_every_field_being_of_another_shape(recorded: Recorded) -> None:
    """Whatever a service says tomorrow is read or is Untranslatable; it is never a fault of ours."""
    if recorded.kind == "rss":
        return
    told = json.loads(recorded.raw)
    for name in told:
        shapes: tuple[object, ...] = (None, 7, [], {}, "x", True)
        for odd in shapes:
            try:
                read(recorded, json.dumps({**told, name: odd}).encode())
            except Untranslatable:
                continue


@every_kind
def test_offers_no_address_that_runs(recorded: Recorded) -> None:
    raw = recorded.raw.replace(b"https://", b"javascript:")

    assert not read(recorded, raw, RECEIVED).public_url.startswith("javascript:")


@every_kind
def test_says_who_reads_an_answer(recorded: Recorded) -> None:
    limits = registry.adapter(recorded.kind).limits({})

    assert limits.voice == ("public" if recorded.is_answerable else "elsewhere")
    assert (limits.max_length is not None) == recorded.is_answerable


@every_kind
def test_hands_nothing_over_without_access(recorded: Recorded) -> None:
    outbound = Outbound(
        message_id="<1@ihlamurev.example>",
        at=cast.NOW,
        sender=Address(email=""),
        to=(),
        text="Merhaba",
        in_reply_to=recorded.id,
    )
    handed: list[bool] = []

    receipt = registry.adapter(recorded.kind).send(
        outbound, {"server": "http://127.0.0.1:9"}, lambda: handed.append(True), at=cast.NOW
    )

    assert receipt.state in ("retry", "failed") and not handed
