"""Group commit: what is answered is on the disk, once, whatever comes twice, late or broken."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection

from muhatap.api.live import connection_settings
from muhatap.visits import copying, keeping, writing
from muhatap.visits.models import Event
from muhatap.visits.segment import Row
from muhatap.visits.writing import Busy, Lost, Writer
from tests import loops
from tests.visits.leaves import without_leaves

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)


def row(n: int, at: datetime = NOON, *, received: datetime | None = None, payload: bytes = b"{}") -> Row:
    return Row(received or at, 1, UUID(int=n).bytes, at, 2, "tarayici", "", "Sepet", "", False, payload)


async def connect() -> psycopg.AsyncConnection[Any]:
    return await psycopg.AsyncConnection.connect(**connection_settings(), autocommit=True)


def story(told: Callable[[Writer], Awaitable[Any]], connect: Any = connect) -> Any:
    async def run() -> Any:
        writer = Writer(connect)
        try:
            return await told(writer)
        finally:
            await writer.stop()

    return loops.run(run())


def kept() -> list[int]:
    return sorted(key.int for key in Event.objects.values_list("message_key", flat=True))


@pytest.fixture(autouse=True)
def _emptied() -> Iterator[None]:
    with without_leaves():
        yield


def test_what_many_send_at_once_is_kept_once() -> None:
    async def told(writer: Writer) -> None:
        await asyncio.gather(*(writer.write([row(n), row(n % 10)]) for n in range(200)))

    story(told)

    assert kept() == list(range(200))


def test_every_value_comes_back_as_it_was_told() -> None:
    at = (NOON - timedelta(microseconds=1)).astimezone(timezone(timedelta(hours=3)))
    told = Row(
        NOON,
        2**40,
        UUID(int=7).bytes,
        at,
        6,
        "ığüşöç",
        "",
        "🙂",
        "https://a.example/ş",
        True,
        '{"a": "ş"}'.encode(),
        True,
    )

    story(lambda writer: writer.write([told, row(1)]))

    kept = Event.objects.get(message_key=UUID(int=7))
    assert [getattr(kept, name) for name in Row._fields[3:]] == [*told[3:-2], told.payload.decode(), True]
    assert (kept.received_at, kept.site_id) == (NOON, 2**40)


class Held:
    """COPY, of which the first waits until it is let go; how many rows each has."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.is_let_go = asyncio.Event()
        self._copy = copying.copy

    async def copy(self, connection: Any, table: str, rows: list[Row]) -> None:
        self.sizes.append(len(rows))
        if len(self.sizes) == 1:
            await self.is_let_go.wait()
        await self._copy(connection, table, rows)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    keeping.look_ahead(at=NOON)
    found = Held()
    monkeypatch.setattr(copying, "copy", found.copy)
    return found


async def while_one_is_written(writer: Writer, held: Held, n: int) -> "asyncio.Future[Any]":
    """So many rows come one by one after a first, whose group is under way."""
    tasks = [asyncio.create_task(writer.write([row(0)]))]
    while not held.sizes:
        await asyncio.sleep(0)
    for number in range(1, n + 1):
        tasks.append(asyncio.create_task(writer.write([row(number)])))
        await asyncio.sleep(0)
    return asyncio.gather(*tasks)


def test_what_comes_while_a_group_is_written_is_the_next_group(monkeypatch: pytest.MonkeyPatch, held: Held) -> None:
    monkeypatch.setattr(writing, "SLOW", 60.0)

    async def told(writer: Writer) -> None:
        all_of_it = await while_one_is_written(writer, held, 10)
        held.is_let_go.set()
        await all_of_it

    story(told)

    assert held.sizes == [1, 10]
    assert kept() == list(range(11))


@pytest.mark.parametrize(("many", "slow"), [(3, 60.0), (100, 0.0)])
def test_nobody_waits_long_for_a_group_that_is_held_up(
    monkeypatch: pytest.MonkeyPatch, held: Held, many: int, slow: float
) -> None:
    monkeypatch.setattr(writing, "MANY", many)
    monkeypatch.setattr(writing, "SLOW", slow)

    async def told(writer: Writer) -> None:
        all_of_it = await while_one_is_written(writer, held, 3)
        while await asyncio.to_thread(_n_kept) < 3:
            pass
        held.is_let_go.set()
        await all_of_it

    story(told)

    assert sum(held.sizes) == 4 and kept() == list(range(4))


def test_what_a_later_group_leaves_waits_no_longer_for_an_earlier_one_that_is_held_up(
    monkeypatch: pytest.MonkeyPatch, held: Held
) -> None:
    monkeypatch.setattr(writing, "MANY", 3)
    monkeypatch.setattr(writing, "SLOW", 0.1)

    async def told(writer: Writer) -> None:
        beside = asyncio.create_task(while_one_is_written(writer, held, 3))
        while len(held.sizes) < 2:
            await asyncio.sleep(0)
        await asyncio.wait_for(writer.write([row(4)]), 3.0)
        held.is_let_go.set()
        await (await beside)

    story(told)

    assert held.sizes == [1, 3, 1] and kept() == list(range(5))


def _n_kept() -> int:
    try:
        return len(kept())
    finally:
        connection.close()


def test_a_repeat_is_answered_and_not_kept_again_by_another_process_either() -> None:
    for _process in range(2):
        story(lambda writer: writer.write([row(1), row(2)]))

    story(lambda writer: writer.write([row(2), row(3)]))

    assert kept() == [1, 2, 3]


def test_a_repeat_over_midnight_is_found_in_yesterdays_partition() -> None:
    late = MIDNIGHT - timedelta(seconds=5)
    story(lambda writer: writer.write([row(1, late)]))

    story(
        lambda writer: writer.write(
            [row(1, late, received=MIDNIGHT + timedelta(hours=5)), row(2, MIDNIGHT + timedelta(hours=5))]
        )
    )
    story(lambda writer: writer.write([row(1, MIDNIGHT + timedelta(minutes=2))]))

    assert kept() == [1, 2]


def test_what_a_browser_kept_for_days_is_kept_once() -> None:
    story(lambda writer: writer.write([row(1)]))

    story(lambda writer: writer.write([row(1, received=NOON + timedelta(days=4))]))

    assert kept() == [1]


def test_a_day_that_goes_while_a_late_event_is_compared_with_it_loses_nobody_anything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old = NOON - timedelta(days=40)
    keeping.look_ahead(at=old)
    standing = writing._standing
    asked: list[set[str]] = []

    async def going(connection: Any, leaves: set[str]) -> list[str]:
        found = await standing(connection, leaves)
        asked.append(leaves)
        if len(asked) == 1:
            async with await connect() as other:
                await other.execute(f"drop table {writing.leaf(old)}")
        return found

    monkeypatch.setattr(writing, "_standing", going)

    story(lambda writer: writer.write([row(1, old, received=NOON)]))

    assert kept() == [1] and len(asked) == 2


def test_what_waited_too_long_has_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "LONGEST_WAIT", -1.0)

    async def told(writer: Writer) -> None:
        with pytest.raises(Lost):
            await writer.write([row(1)])

    story(told)

    assert kept() == []


def test_a_group_over_midnight_stands_in_both_days() -> None:
    story(lambda writer: writer.write([row(1, MIDNIGHT - timedelta(seconds=1)), row(2, MIDNIGHT + timedelta(hours=2))]))

    with connection.cursor() as cursor:
        cursor.execute("select tableoid::regclass::text from visits_event order by received_at")
        assert [name for (name,) in cursor.fetchall()] == ["visits_event_20261121", "visits_event_20261122"]


def test_the_partitions_of_the_next_days_stand_before_they_are_needed() -> None:
    for _twice in range(2):
        keeping.look_ahead(at=NOON)

    with connection.cursor() as cursor:
        cursor.execute("select to_regclass(%s) is not null", [writing.leaf(NOON + timedelta(days=2))])
        assert cursor.fetchone() == (True,)


def test_a_row_the_database_refuses_is_told_and_its_neighbours_stay() -> None:
    bad = row(3, payload=b"a\0b")

    unstorable = story(lambda writer: writer.write([row(1), row(2), bad, row(4)]))

    assert unstorable == [bad]
    assert kept() == [1, 2, 4]


def test_while_the_database_is_away_senders_are_told_to_come_again_and_then_are_served() -> None:
    is_away = True

    async def unreliable() -> psycopg.AsyncConnection[Any]:
        if is_away:
            raise psycopg.OperationalError("the database is away")
        return await connect()

    async def told(writer: Writer) -> None:
        nonlocal is_away
        with pytest.raises(Lost):
            await writer.write([row(1)])
        is_away = False
        await writer.write([row(1)])

    story(told, unreliable)

    assert kept() == [1]


def test_a_connection_that_dies_loses_nothing_that_was_answered() -> None:
    made: list[psycopg.AsyncConnection[Any]] = []

    async def watched() -> psycopg.AsyncConnection[Any]:
        made.append(await connect())
        return made[-1]

    async def told(writer: Writer) -> int:
        answered = 0
        for n in range(30):
            if n % 10 == 5:
                for one in made:
                    await one.close()
            try:
                await writer.write([row(n)])
            except Lost:
                await writer.write([row(n)])
            answered += 1
        return answered

    assert story(told, watched) == 30
    assert kept() == list(range(30))


def test_more_than_memory_is_meant_for_has_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MOST_WAITING", 1000)

    async def told(writer: Writer) -> list[Any]:
        letters = b"x" * 400
        return await asyncio.gather(
            *(writer.write([row(n, payload=letters)]) for n in range(20)), return_exceptions=True
        )

    answers = story(told)

    assert any(isinstance(answer, Busy) for answer in answers)
    assert kept() == [n for n, answer in enumerate(answers) if answer == []]
