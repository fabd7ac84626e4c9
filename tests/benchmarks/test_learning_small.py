"""The bench of learning: a company is replayed, and every figure is told."""

import json
from pathlib import Path

import pytest

from benchmarks import learning


def test_a_set_of_ones_own_is_replayed_and_random_answers_are_not_used(tmp_path: Path) -> None:
    texts = [(f"{n} adet havlu için toplu alım teklifi", "T-17") for n in range(20, 80)]
    texts += [(f"{n} günlük perde kiralamak istiyoruz", "K-4") for n in range(2, 62)]  # names that mean nothing
    path = tmp_path / "own.jsonl"
    path.write_text("\n".join(json.dumps({"text": text, "topic": topic}) for text, topic in texts), encoding="utf-8")
    company = learning.of_file(path)

    told = learning.replay(learning.one_reader(), company, n_corrections=70, seed=6)
    harmed = learning.replay(learning.one_reader(), company, n_corrections=70, seed=6, is_harmful=True)

    assert set(learning.of_company(company, told)) == {"own_gain", "own_worst_class_fall"}
    assert told.after >= told.cold + learning.GOAL_GAIN
    assert not harmed.learned.is_used


@pytest.mark.parametrize("company", [learning.banking, learning.our_own])
def test_the_companies_of_the_repository_stand(company: type) -> None:
    found = company()

    assert {one.topic for one in found.messages} <= set(found.tree.keys)
    assert len(found.messages) > 400
