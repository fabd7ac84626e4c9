import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from muhatap.interactions import intake
from muhatap.interactions.models import Quarantine, RawItem
from tests import cast

pytestmark = pytest.mark.django_db


def accepted(key: str = "sha256:1", raw: bytes = b"From: ayse") -> intake.Accepted:
    return intake.accept(inbox=cast.support_inbox(), dedupe_key=key, raw=raw, meta={"uid": 1}, at=cast.NOW)


def test_accepting_keeps_the_bytes_and_queues_one_digestion() -> None:
    item_id = accepted().item_id

    assert bytes(RawItem.objects.get(pk=item_id).raw) == b"From: ayse"
    assert [job.args for job in ProcrastinateJob.objects.filter(task_name="digest")] == [{"item_id": item_id}]


def test_the_same_key_again_changes_nothing() -> None:
    first = accepted()
    again = accepted(raw=b"something else")

    assert (again.item_id, again.is_new) == (first.item_id, False)
    assert RawItem.objects.count() == ProcrastinateJob.objects.count() == 1


def test_the_same_key_in_another_inbox_is_another_item() -> None:
    accepted()
    intake.accept(inbox=cast.chat_inbox(), dedupe_key="sha256:1", raw=b"", meta={}, at=cast.NOW)

    assert RawItem.objects.count() == 2


def test_a_quarantined_item_is_opened_by_nobody_until_it_is_retried() -> None:
    item_id = accepted().item_id
    intake.quarantine(item_id=item_id, reason="unreadable", detail="no words in it", at=cast.NOW)

    assert intake.opened(item_id) is None
    intake.retry(quarantine=Quarantine.objects.get(), by=cast.selin(), at=cast.NOW)
    assert intake.opened(item_id) is not None


def test_quarantining_twice_keeps_the_first_reason() -> None:
    item_id = accepted().item_id
    for detail in ("first", "second"):
        intake.quarantine(item_id=item_id, reason="fault", detail=detail, at=cast.NOW)

    assert Quarantine.objects.get().detail == "first"


def test_what_is_left_out_keeps_its_bytes_and_is_not_swept_up() -> None:
    item_id = accepted().item_id
    intake.quarantine(item_id=item_id, reason="unreadable", detail="", at=cast.NOW)

    intake.leave(quarantine=Quarantine.objects.get(), by=cast.selin(), at=cast.NOW)

    assert RawItem.objects.get(pk=item_id).digested_at == cast.NOW
    assert not intake.undigested(before=cast.NOW + cast.minutes(60)).exists()
