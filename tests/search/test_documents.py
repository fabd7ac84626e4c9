"""Documents are written after entries, follow what happens to them, and can be made anew."""

from datetime import timedelta

import pytest
from django.db import connection

from muhatap.channels.contract import FileRef
from muhatap.conversations import rereading
from muhatap.conversations.models import Message
from muhatap.flow import happened
from muhatap.search import documents
from muhatap.search.models import Document, Rebuild
from tests import cast
from tests.conversations.conftest import arrival
from tests.search.conftest import Find, written

pytestmark = pytest.mark.django_db


def partitions() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname from pg_inherits join pg_class on oid = inhrelid where inhparent = 'search_document'::regclass"
        )
        return {name for (name,) in cursor.fetchall()}


def test_an_entry_is_findable_after_its_job_ran_twice(find: Find) -> None:
    message = arrival(cast.mail(id="<1@x>", text="Kargo gelmedi"))
    assert find("kargo") == []

    for _ in range(2):
        happened.follow(message_id=message.pk, at=cast.NOW)

    assert find("kargo") == ["Kargo gelmedi"]
    assert Document.objects.filter(message_id=message.pk).count() == 1


def test_events_have_no_document() -> None:
    message = written("Kargo")
    event = Message.objects.filter(kind="event").last() or message
    event.kind = Message.Kind.EVENT
    Document.objects.all().delete()

    documents.write(message=event, at=cast.NOW)

    assert not Document.objects.exists()


def test_a_later_letter_is_found_by_its_own_words_and_the_first_by_all_of_them(find: Find) -> None:
    forwarded = "Bakar mısınız?\n> Havlu soluyor, dedi müşterimiz."
    first = written(forwarded, reply_text="Bakar mısınız?")
    second = written(f"Teşekkürler\n> {forwarded}", reply_text="Teşekkürler", references=("<x@x>",))
    Message.objects.filter(pk=second.pk).update(conversation=first.conversation, at=cast.NOW + timedelta(minutes=1))
    second.refresh_from_db()
    documents.write(message=second, at=cast.NOW)

    assert find("havlu") == [forwarded]
    assert find("teşekkürler") == [second.text]


def test_months_get_partitions_and_absurd_moments_none(find: Find) -> None:
    written("kargo", at=cast.NOW - timedelta(days=300))
    assert "search_document_202601" in partitions()
    assert documents.n_outside() == 0

    written("kargo", sender=cast.MEHMET, at=cast.NOW.replace(year=2077))

    assert "search_document_207711" not in partitions()
    assert documents.n_outside() == 1
    assert find("kargo") == ["kargo", "kargo"]


def test_the_next_month_stands_before_it_begins(caplog: pytest.LogCaptureFixture) -> None:
    documents.look_ahead(at=cast.NOW)

    assert {"search_document_202611", "search_document_202612"} <= partitions()
    assert not caplog.records

    written("kargo", at=cast.NOW.replace(year=1970))
    documents.look_ahead(at=cast.NOW)
    assert "outside of every month" in caplog.text


def test_the_sweep_writes_what_a_job_forgot_and_leaves_the_rest(find: Find) -> None:
    arrival(cast.mail(id="<1@x>", text="Kargo gelmedi"))

    assert documents.catch_up(at=cast.NOW) == 0  # its job may still come
    assert documents.catch_up(at=cast.NOW + timedelta(minutes=2)) == 1
    assert documents.catch_up(at=cast.NOW + timedelta(minutes=2)) == 0
    assert find("kargo") == ["Kargo gelmedi"]


def test_a_letter_read_again_is_found_by_its_new_words_and_files(find: Find) -> None:
    message = written("eski kelime")
    file = FileRef(name="fatura.pdf", type="application/pdf", size=9, sha256="0" * 64)

    rereading.reread(message=message, inbound=cast.mail(id="<1@x>", text="yeni söz", files=(file,)))

    assert find("eski") == []
    assert find("yeni var:dosya fatura") == ["yeni söz"]


@pytest.mark.parametrize("from_nothing", [False, True])
def test_everything_can_be_made_anew_and_a_stopped_rebuild_goes_on(
    find: Find, monkeypatch: pytest.MonkeyPatch, from_nothing: bool
) -> None:
    monkeypatch.setattr(documents, "CHUNK", 1)
    for number in range(3):
        arrival(
            cast.mail(
                cast.Claim(kind="email", value=f"k{number}@x.example", is_verified=True),
                id=f"<{number}@x>",
                text="kargo",
            )
        )
    told: list[tuple[int, int]] = []

    def stop(done: int, last: int) -> None:
        told.append((done, last))
        if len(told) == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        documents.rebuild(at=cast.NOW, report=stop)
    assert Rebuild.objects.get().ended_at is None

    documents.rebuild(at=cast.NOW, report=stop, from_nothing=from_nothing)

    assert len(find("kargo")) == 3
    assert told[-1][0] == told[-1][1]
    assert Rebuild.objects.filter(ended_at=None).count() == 0
    if not from_nothing:
        assert told[1][0] > told[0][0]
