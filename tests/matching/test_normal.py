"""One file of vectors, three languages: Python, DuckDB and PostgreSQL give the same normal forms."""

import tomllib
from pathlib import Path

import duckdb
import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from muhatap.matching import normal, normalising
from muhatap.matching.dialects import Dialect

FILES = sorted((Path(__file__).parent / "vectors").glob("*.toml"))
VECTORS = [
    pytest.param(
        file["raw"], file["field"], vector["written"], vector["normal"], id=f"{file['field']}: {vector['because']}"
    )
    for file in (tomllib.loads(path.read_text("utf-8")) for path in FILES)
    for vector in file["vector"]
]
DUCK = duckdb.connect()
TEXTS = st.text(alphabet="aAbBiIİıŞşĞğÜüÖöÇçÂâéñøßжИ0123456789 .,-_+@'/:()#", max_size=30)


def sql_of(raw: str, field: str, dialect: Dialect, text: str) -> str:
    """The field's expression over a text, step by step through the fields it is made from."""
    source, form = normalising.FORMS[field]
    inner = sql_of(raw, source, dialect, text) if field in normalising.FROM_FIELD else text
    return form.sql(inner, dialect)


@pytest.mark.parametrize(("raw", "field", "written", "expected"), VECTORS)
def test_in_python(raw, field, written, expected):
    assert getattr(normal.of({raw: written}), field) == expected


def test_nothing_is_nothing_in_every_form():
    assert all(form.run("") == "" for _source, form in normalising.FORMS.values())


def test_in_duckdb():
    with duckdb.connect() as on:
        found = [in_duckdb(on, raw, field, [written])[0] for raw, field, written, _ in values()]

    assert found == [expected for *_, expected in values()]


def test_in_postgresql(db):
    """All at once: each is one round trip less."""
    selects = [(sql_of(raw, field, Dialect.POSTGRES, "%s::text"), written) for raw, field, written, _ in values()]
    found = []
    with connection.cursor() as cursor:
        for expression, written in selects:
            bare = expression.replace("%", "%%").replace("%%s::text", "%s::text")
            cursor.execute(f"select {bare}", [written] * bare.count("%s::text"))
            found.append(cursor.fetchone()[0])

    assert found == [expected for *_, expected in values()]


@settings(max_examples=10, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=40))
def test_whatever_is_written_python_and_duckdb_agree(texts):
    for field, (source, _) in normalising.FORMS.items():
        raw = (
            source
            if field not in normalising.FROM_FIELD
            else {"user": "email", "domain": "email"}.get(field, "first_name")
        )

        assert in_duckdb(DUCK, raw, field, texts) == [getattr(normal.of({raw: text}), field) for text in texts]


def in_duckdb(on: duckdb.DuckDBPyConnection, raw: str, field: str, texts: list[str]) -> list[str]:
    expression = sql_of(raw, field, Dialect.DUCKDB, "t")
    return [row[0] for row in on.execute(f"select {expression} from (select unnest(?) as t)", [texts]).fetchall()]


def values() -> list[tuple[str, str, str, str]]:
    return [vector.values for vector in VECTORS]
