"""What is said of two people of the cast, and that Python and SQL say the same."""

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muhatap.matching import batch, blocking, comparing, model, normal, scoring, tables
from muhatap.matching.blocking import rule
from muhatap.matching.dialects import Dialect
from muhatap.matching.normal import TEXTS, Normal

AYSE = normal.of(
    {"first_name": "Ayşe", "last_name": "Yılmaz", "email": "ayse.yilmaz@ornek.example", "phone": "+90 532 123 41 18"}
)
SMALL = st.text(alphabet="abcş1", max_size=6)
RECORDS = st.builds(
    Normal,
    **{name: SMALL.map(lambda text: text.replace("ş", "s")) for name in TEXTS},
    email_share=st.integers(1, 3),
    phone_share=st.integers(1, 3),
)


def weighed(one: dict[str, str], other: dict[str, str]) -> scoring.Verdict:
    return scoring.score(normal.of(one), normal.of(other), model.starting())


def test_the_same_name_and_phone_are_one_person():
    verdict = weighed(
        {"first_name": "AYŞE", "last_name": "YILMAZ", "phone": "0532 123 41 18"},
        {"first_name": "ayse", "last_name": "Yilmaz", "phone": "+905321234118"},
    )

    assert verdict.band == "merge"


def test_a_brother_with_the_same_address_is_somebody_else():
    home = {"last_name": "Kaya", "address": "Yeni Mah. Gül Sok. No: 4", "district": "Konak", "city": "İzmir"}

    assert weighed({"first_name": "Mehmet", **home}, {"first_name": "Hakan", **home}).band == "apart"


def test_a_shared_phone_proves_a_household_not_a_person():
    one, other = (Normal(given=name, call=name, phone="5321234118", phone_share=3) for name in ("mehmet", "elif"))

    assert scoring.score(one, other, model.starting()).band == "apart"


def test_the_evidence_adds_up():
    verdict = scoring.score(AYSE, AYSE, model.starting())

    assert sum(each.weight for each in verdict.evidence) + verdict.cap == pytest.approx(verdict.weight)
    assert [each.field for each in verdict.evidence] == ["prior", "given", "family", "email", "phone"]


def test_a_learned_nickname_counts_as_the_name():
    learned = model.Model(prior=model.Weight(0, 0), weights=model.starting().weights, nicknames={"cio": "ayse"})
    verdict = scoring.score(Normal(given="cio", call="cio"), Normal(given="ayse", call="ayse"), learned)

    assert verdict.evidence[1].level == "nickname"


@given(RECORDS, RECORDS)
def test_weighing_does_not_mind_the_order(one, other):
    assert scoring.score(one, other, model.starting()).weight == scoring.score(other, one, model.starting()).weight


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(RECORDS, RECORDS), min_size=1, max_size=30))
def test_sql_weighs_as_python_does(pairs):
    found = in_duckdb(pairs)

    for (one, other), (code, weight) in zip(pairs, found, strict=True):
        assert comparing.levels_of(code) == comparing.levels(one, other)
        assert weight == pytest.approx(scoring.score(one, other, model.starting()).weight, abs=1e-3)


@settings(max_examples=20, deadline=None)
@given(st.lists(RECORDS, min_size=1, max_size=20))
def test_keys_are_the_same_numbers_in_sql(records):
    rules = (rule("email"), rule("given:3+born"), rule("call+phone@2:3"))
    with duckdb.connect() as on:
        fill(on, "record", records)
        columns = ", ".join(each.key_sql(Dialect.DUCKDB) for each in rules)
        found = on.execute(f"select {columns} from record order by id").fetchall()

    assert found == [tuple(each.key(record) for each in rules) for record in records]


def test_a_record_is_found_under_each_key_once():
    found = blocking.keys(AYSE)

    assert len(found) == len(set(found)) > 3
    assert all(-(2**63) <= key < 2**63 for key in found)
    assert blocking.keys(Normal()) == ()


def test_a_model_comes_back_from_its_file():
    assert model.parsed(model.starting().to_json()) == model.starting()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 99}', "\x00"])
def test_what_is_no_model_is_refused(text):
    with pytest.raises(model.BadModel):
        model.parsed(text)


def in_duckdb(pairs: list[tuple[Normal, Normal]]) -> list[tuple[int, float]]:
    known, fields = model.starting(), frozenset(TEXTS)
    with duckdb.connect() as on:
        fill(on, "record", [record for pair in pairs for record in pair])
        on.execute("create table pair as select id as l, id + 1 as r from record where id % 2 = 1")
        on.execute(f"create table compared as {tables.compared('pair', fields, Dialect.DUCKDB)}")
        codes = on.execute("select distinct code from compared").fetchnumpy()["code"].astype(np.int64)
        on.register("weights", batch.weights_of(known, codes))
        weighed = tables.weighed("compared", (known.prior.stranger, known.prior.relative), -1e9)
        return on.execute(f"select code, weight from ({weighed}) order by l").fetchall()


def fill(on: duckdb.DuckDBPyConnection, table: str, records: list[Normal]) -> None:
    rare = model.starting().rare
    columns = ", ".join(f"{name} varchar" for name in TEXTS)
    on.execute(
        f"create table {table} (id integer, {columns}, email_share int, phone_share int, given_gain float, family_gain float)"
    )
    rows = [
        (
            place,
            *(getattr(record, name) for name in TEXTS),
            record.email_share,
            record.phone_share,
            rare["given"],
            rare["family"],
        )
        for place, record in enumerate(records, 1)
    ]
    on.executemany(f"insert into {table} values ({', '.join('?' * len(rows[0]))})", rows)


def test_a_pair_on_the_bar_is_on_the_same_side_of_it_wherever_it_is_weighed():
    known = model.starting()
    on_it = known.total(model.Weight(known.merge - known.prior.stranger, 30.0), 0.0, 0.0)
    assert scoring.band(on_it, known) == "merge" and on_it == float(np.float32(on_it))
