"""Closing the loop for programs: who waits for a word is listed, was spoken to, is solved; and nobody sees strangers' answers."""

import pytest

from tests import cast
from tests.api.program import program
from tests.feedback.asking_shop import answered, person, survey

pytestmark = pytest.mark.django_db


def test_somebody_who_gave_a_low_score_is_spoken_to_and_solved_and_that_is_taken_back() -> None:
    given = answered(survey(), 2, by=person())
    shop = program(cast.zeynep())
    [row] = shop.get("/follow-ups?state=waiting").json()["data"]
    assert (row["response_id"], row["score"], row["contact_id"]) == (given.pk, 2, given.contact_id)
    path = f"/follow-ups/{row['id']}"
    assert shop.post(f"{path}/solved").status_code == 409
    assert shop.post(f"{path}/undo").status_code == 409
    spoken = shop.post(f"{path}/called", {"note": "Aradım, memnun oldu"}, Idempotency_Key="aradim-1").json()
    assert (spoken["note"], spoken["called_by_id"]) == ("Aradım, memnun oldu", cast.zeynep().pk)
    assert shop.post(f"{path}/called", {"note": "Yine"}).json() == spoken
    assert shop.post(f"{path}/solved").json()["solved_by_id"] == cast.zeynep().pk
    assert shop.get("/follow-ups?state=waiting").json()["data"] == []
    assert shop.post(f"{path}/undo").json()["solved_at"] is None
    assert shop.post(f"{path}/undo").json()["called_at"] is None


def test_a_key_that_only_reads_says_nothing() -> None:
    given = answered(survey(), 2, by=person())
    reader = program(cast.zeynep(), ["surveys:read"])
    refused = reader.post(f"/follow-ups/{given.follow_up.pk}/called", {})
    assert (refused.status_code, refused.json()["code"]) == (403, "no_scope")
