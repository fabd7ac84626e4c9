"""A question that takes too long is cancelled, and the next one is answered."""

from typing import Any

import pytest

from muhatap.insight import engine, questions
from muhatap.measures.asked import EVERYBODY
from muhatap.measures.tables import FACTS

ENDLESS = "select count(*) as n from range(1000000000) a, range(1000000) b where a.range + b.range = 7"


def test_nobody_waits_for_ever(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ENGINE_SECONDS = 0.2
    with monkeypatch.context() as patch, engine.asking() as on:
        patch.setattr(engine, "_statement", lambda *asked: ENDLESS)
        with pytest.raises(engine.TooLong):
            on.rows("trails")

    with engine.asking() as on:
        on.lay("facts_visits", [], FACTS["facts_visits"].to_pyarrow().empty_table())
        assert on.rows("trails", "", EVERYBODY, 5) == []


def test_a_question_is_written_once() -> None:
    before = questions.statement.cache_info().hits
    for _again in range(2):
        statement = questions.statement("duckdb", questions.trails, "", EVERYBODY, 5)

    assert questions.statement.cache_info().hits > before
    assert "facts_visits" in statement
    assert "`facts_visits`" in questions.statement("pyspark", questions.trails, "", EVERYBODY, 5)
