"""A base of contacts for the resolver: each record of a set is a contact with its identities, its source record and its keys, by COPY.

The first record that names an address holds it verified, as if it had written from there; the others are only told. So one
person stands in the base as often as her records, as after lists that were taken in without a key to match on.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import psycopg

from benchmarks.filling.copying import NULL, copy, unhindered
from benchmarks.report import progress

AT = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
CONTACT = "id name email phone city language fields sort_key search_text created_at last_seen_at"
IDENTITY = "id contact_id kind value comparable written source first_seen_at last_seen_at verified_at verified_by bounce_detail"
RECORD = "id contact_id home_id source external_id version told values normal is_trusted at recorded_at is_current"
TELLING = ("first_name", "last_name", "birth_date", "address", "district", "city", "postcode", "national_id", "company")
LINKS = """
insert into contacts_ledgerentry (kind, one, record_id, evidence, reason, by_name, at)
select 'link', contact_id, id, '{"because": "new"}', '', '', recorded_at from contacts_sourcerecord
"""
TABLES = (
    ("contacts_contact", CONTACT, "contact"),
    ("contacts_identity", IDENTITY, "identity"),
    ("contacts_sourcerecord", RECORD, "record"),
    ("contacts_matchkey", "key record_id", "key"),
)
SLICE = 4_000
Row = Mapping[str, str]
Lines = dict[str, list[str]]


def superuser(data: Path) -> str:
    """The address of this folder's database for whoever may copy without triggers."""
    from muhatap.shared.postgres import layout

    return layout.of(data).url(user="postgres", database="muhatap")


def rows(folder: Path, start: int, n: int) -> Iterator[Row]:
    """So many records of a set, from one on."""
    with (folder / "records.csv").open(encoding="utf-8", newline="") as file:
        yield from islice(csv.DictReader(file), start, start + n)


def told(row: Row) -> dict[str, str]:
    """A record of a set under the names of contact fields."""
    name = f"{row['first_name']} {row['last_name']}".strip()
    found = {"name": name, "email": row["email"], "phone": row["phone"]}
    return {field: value for field, value in (found | {key: row.get(key, "") for key in TELLING}).items() if value}


def fill(url: str, folder: Path, n: int) -> None:
    """The first n records of the set into an empty, migrated database. `url` is the superuser's."""
    with unhindered(url) as connection, ProcessPoolExecutor() as pool:
        connection.execute("truncate contacts_contact, contacts_ledgerentry cascade")
        indexes = _without_indexes(connection)
        _copy(connection, pool.map(_lines, _slices(folder, n)), n)
        for sql in indexes:
            connection.execute(sql)
        progress("indexes are there again")
        connection.execute(LINKS)
        for table in ("contact", "identity", "sourcerecord", "ledgerentry"):
            connection.execute(
                f"select setval(pg_get_serial_sequence('contacts_{table}', 'id'), (select max(id) from contacts_{table}))"
            )
        connection.execute("vacuum analyze")
        connection.execute("checkpoint")


def _without_indexes(connection: psycopg.Connection) -> list[str]:
    """Indexes that are quicker made at the end; gives what makes them again."""
    found = connection.execute(
        "select indexname, indexdef from pg_indexes where indexname in ('contact_search', 'contacts_by_field')"
    ).fetchall()
    for name, _ in found:
        connection.execute(f'drop index "{name}"')
    return [definition for _, definition in found]


def _slices(folder: Path, n: int) -> Iterator[list[tuple[int, Row]]]:
    source = enumerate(rows(folder, 0, n), 1)
    while some := list(islice(source, SLICE)):
        yield some


def _copy(connection: psycopg.Connection, slices: Iterator[Lines], n: int) -> None:
    owned: set[str] = set()
    for turn, lines in enumerate(slices):
        lines["identity"] = [_owned(one, owned) for one in lines["identity"]]
        for table, columns, of in TABLES:
            copy(connection, table, columns, lines[of])
        if turn % 25 == 24:
            progress(f"{min((turn + 1) * SLICE, n):,} contacts")


def _owned(line: str, owned: set[str]) -> str:
    """The first to name an address holds it verified."""
    kind, value = line.split("\t", 4)[2:4]
    if kind == "email" and value not in owned:
        owned.add(value)
        return f"{line}\t{AT}\timport\t"
    return f"{line}\t{NULL}\t\t"


def _lines(some: list[tuple[int, Row]]) -> Lines:
    """What the rows of COPY say of these records; in a process of its own, with Django awake for the room's own words."""
    from muhatap.contacts import comparable, searching
    from muhatap.contacts.models import Contact
    from muhatap.contacts.records import handles_in
    from muhatap.matching import blocking

    found: Lines = {"contact": [], "identity": [], "record": [], "key": []}
    for number, row in some:
        said = told(row)
        handles = handles_in(said)
        values = {str(handle.kind): handle.value for handle in handles}
        name, email, phone, city = (
            said.get("name", ""), values.get("email", ""), values.get("phone", ""), said.get("city", "")
        )  # fmt: skip
        contact = Contact(name=name, email=email, phone=phone, city=city)
        searching.fill(contact, [(handle.kind, handle.value) for handle in handles])
        letters = contact.search_text.replace("\n", "\\n")
        line = _escaped(f"{number}\t{name}\t{email}\t{phone}\t{city}\ttr\t{{}}\t{contact.sort_key}")
        found["contact"].append(f"{line}\t{letters}\t{AT}\t{AT}")
        for place, handle in enumerate(handles):
            told_as = (
                f"{number * 3 + place}\t{number}\t{handle.kind}\t{handle.value}\t{handle.comparable}\t{handle.written}"
            )
            found["identity"].append(_escaped(f"{told_as}\timport:1\t{AT}\t{AT}"))
        normal = comparable.of(said)
        found["record"].append(
            f"{number}\t{number}\t{number}\timport:1\t{row['rec_id']}\t1\t{_json(said)}\t{{}}\t{_json(comparable.kept(normal))}\tf\t{AT}\t{AT}\tt"
        )
        found["key"] += [f"{key}\t{number}" for key in blocking.keys(normal)]
    return found


def _json(value: object) -> str:
    return _escaped(json.dumps(value, ensure_ascii=False))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\")
