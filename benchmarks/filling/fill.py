"""Fills an empty, migrated database with a firm of a size. Run again on the same data it does nothing."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from benchmarks.filling import firm, people
from benchmarks.filling.copying import NULL, Table, copy, line, unhindered
from benchmarks.filling.sizes import Size
from benchmarks.filling.threads import Entry, Years, sender_of
from benchmarks.report import progress
from muhatap.search import documents
from muhatap.shared.postgres import layout

SEED = 20_261_121
INTERACTION = "id kind direction channel inbox_id contact_id external_id fingerprint by_id at recorded_at title excerpt"
MESSAGE = (
    "id conversation_id inbox_id interaction_id kind is_automatic by_id contact_id at recorded_at sender to cc bcc reply_to"
    " subject text reply_text html external_id references defects placed_because placed_details event event_details"
)
CONVERSATION = (
    "id inbox_id contact_id subject status assignee_id team_id created_at last_message_at last_inbound_at last_inbound_id"
    " preview preview_kind waiting_since search_text"
)
COUNTS = """
insert into conversations_conversationcount (inbox_id, team_id, assignee_id, status, n)
select inbox_id, coalesce(team_id, 0), coalesce(assignee_id, 0), status, count(*) from conversations_conversation group by 1, 2, 3, 4
"""
PARTICIPANTS = """
insert into conversations_participant (conversation_id, contact_id, address, name, since_at)
select c.id, c.contact_id, p.email, p.name, c.created_at from conversations_conversation c join contacts_contact p on p.id = c.contact_id
"""
SEEN = """
insert into conversations_seen (conversation_id, user_id, message_id, at)
select id, assignee_id, last_inbound_id, last_message_at from conversations_conversation
where assignee_id is not null and status <> 'open' and last_inbound_id is not null
"""
TABLES = (
    "contacts_contact", "contacts_identity", "interactions_interaction", "conversations_conversation",
    "conversations_message", "conversations_participant", "conversations_seen",
)  # fmt: skip


def fill(data: Path, size: Size, now: datetime) -> None:
    """All rows of a size into the database of a data folder, unless they are there already. What was half filled is removed."""
    filled = data / "filled"
    if filled.exists():
        return
    place = layout.of(data)
    with unhindered(place.url(user="postgres", database="muhatap")) as one:
        one.execute("truncate contacts_contact, channels_inbox, accounts_user, accounts_team cascade")
        staff = firm.found(size, now)
        _people(one, size, now)
        with unhindered(place.url(user="postgres", database="muhatap")) as other:
            _threads(one, other, Years(size, staff, now, random.Random(SEED)))
        _rest(one)
    documents.rebuild(at=now, processes=2, from_nothing=True)
    progress("everything can be found")
    filled.touch()


def _people(connection: psycopg.Connection, size: Size, now: datetime) -> None:
    at = now - size.age
    copy(connection, "contacts_contact", people.CONTACT, people.contacts(size.n_contacts, at))
    copy(connection, "contacts_identity", people.IDENTITY, people.identities(size.n_contacts, at))
    progress(f"{size.n_contacts:,} contacts")


def _threads(one: psycopg.Connection, other: psycopg.Connection, years: Years) -> None:
    """Messages and their ledger entries together, in the order of time; then the conversations, whose end is known by now."""
    messages = Table(one, "conversations_message", MESSAGE)
    interactions = Table(other, "interactions_interaction", INTERACTION)
    for entry in years.entries():
        at = datetime.fromtimestamp(entry.at, UTC)
        messages.write(_message(entry, at))
        if entry.kind in ("inbound", "outbound"):
            interactions.write(_interaction(entry, at))
        if entry.number % 500_000 == 0:
            progress(f"{entry.number:,} messages")
    messages.close()
    interactions.close()
    copy(one, "conversations_conversation", CONVERSATION, _conversations(years))
    progress(f"{len(years.threads):,} conversations")


def _message(entry: Entry, at: datetime) -> str:
    thread, is_ours = entry.thread, entry.kind == "outbound"
    is_spoken = entry.kind in ("inbound", "outbound")
    return line(
        entry.number, thread.number, thread.inbox, entry.number if is_spoken else None, entry.kind, "f",
        thread.assignee if entry.kind != "inbound" else None, thread.contact if is_spoken else None, at, at,
        sender_of(thread) if entry.kind == "inbound" else "{}", "[]", "[]", "[]", "[]",
        thread.subject if is_spoken else "", entry.text, entry.text, f"<p>{entry.text}</p>" if is_ours else "",
        f"<{entry.number}@firma.example>" if is_spoken else "", "[]", "[]", "", "{}",
        "assigned" if entry.kind == "event" else "", '{"to": "Can Aydın"}' if entry.kind == "event" else "{}",
    )  # fmt: skip


def _interaction(entry: Entry, at: datetime) -> str:
    thread, is_ours = entry.thread, entry.kind == "outbound"
    return line(
        entry.number, "message", "out" if is_ours else "in", "email", thread.inbox, thread.contact,
        f"<{entry.number}@firma.example>", "", thread.assignee if is_ours else None, at, at, thread.subject, entry.text[:200],
    )  # fmt: skip


def _conversations(years: Years) -> Iterator[str]:
    for thread in years.threads:
        status = years.status(thread)
        inbound_at = datetime.fromtimestamp(thread.last_inbound_at, UTC)
        yield line(
            thread.number, thread.inbox, thread.contact, thread.subject, status, thread.assignee, thread.team,
            datetime.fromtimestamp(thread.begun_at, UTC), datetime.fromtimestamp(thread.last_at, UTC), inbound_at,
            thread.last_inbound, thread.preview, thread.preview_kind, inbound_at if status == "open" else NULL,
            people.fold(f"{thread.subject} {people.name_of(thread.contact)} {people.address_of(thread.contact)}"),
        )  # fmt: skip


def _rest(connection: psycopg.Connection) -> None:
    """What follows from the rows: counts, participants, who has read; the numbers go on where the rows end."""
    for statement in (COUNTS, PARTICIPANTS, SEEN):
        connection.execute(statement)
    for table in TABLES:
        connection.execute(f"select setval(pg_get_serial_sequence('{table}', 'id'), (select max(id) from {table}))")
    connection.execute("vacuum (analyze)")
    progress("counted, numbered and analysed")
