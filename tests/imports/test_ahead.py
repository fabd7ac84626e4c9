"""A thread reads a chunk ahead of what is written."""

from dataclasses import fields

import pytest

from muhatap.contacts.errand import Told
from muhatap.imports import running
from muhatap.imports.ahead import Ahead
from muhatap.imports.models import Import
from muhatap.imports.rowsfile import Line
from muhatap.imports.understanding import Reader
from tests.imports.test_running import AYSE, IPEK, mapped

pytestmark = pytest.mark.django_db


def test_what_was_read_for_another_place_is_thrown_away_and_no_more_is_read_than_asked_for() -> None:
    one, read = mapped(AYSE, IPEK, "Can Er;can@er.example;;;;;"), list[str]()

    class Noting(Reader):
        def told(self, line: Line) -> Told:
            read.append(line.cells[0])
            return super().told(line)

    def reader(of: Import) -> Reader:
        usual = running._reader(of)
        return Noting(**{field.name: getattr(usual, field.name) for field in fields(Reader)})

    with Ahead(reader, most=1, chunks=3) as ahead:
        first = ahead.chunk(one)
        one.position = first.lines[-1].end
        second = ahead.chunk(one)
        one.position = 0  # that chunk failed, and both come again
        again = ahead.chunk(one)
    names = [told.facts["name"] for found in (first, second, again) for told in found.told]
    assert names == ["Ayşe Yılmaz", "İpek Güneş", "Ayşe Yılmaz"]
    assert read == ["Ayşe Yılmaz", "İpek Güneş", "Can Er", "Ayşe Yılmaz"]


def test_columns_that_were_given_another_meaning_between_two_chunks_are_read_so() -> None:
    one = mapped(AYSE, IPEK)

    with Ahead(running._reader, most=1, chunks=3) as ahead:
        first = ahead.chunk(one)
        one.position = first.lines[-1].end
        one.columns = ["name", "email", "phone", "city", "company", "tags", "note"]
        second = ahead.chunk(one)
    assert first.told[0].facts["city"] == "İzmir"
    assert (second.told[0].facts["city"], second.told[0].facts["company"]) == ("Güneş Otel", "Antalya")
