"""Whatever is split, moved, merged and undone, in whatever order: no message is lost, doubled or hidden, and the rows tell the truth."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muhatap.conversations import closing, counting, noting, rearranging, snoozing, threads
from muhatap.conversations.models import Conversation, Message, Rearrangement
from muhatap.interactions.models import Interaction
from tests import cast
from tests.conversations.conftest import arrival
from tests.conversations.test_counting import raw_count

pytestmark = pytest.mark.django_db

REFUSALS = (
    rearranging.NothingToMove,
    rearranging.NotTheSameInbox,
    rearranging.AlreadyUndone,
    rearranging.LaterStands,
    snoozing.NotOpen,
)
COLUMNS = (*threads.SHOWN, "merged_into_id")


@dataclass
class World:
    """The threads as they stand, and what was done to them."""

    done: list[Rearrangement] = field(default_factory=list)
    clock: int = 100

    def standing(self, pick: int) -> Conversation:
        rows = list(Conversation.objects.filter(merged_into=None).select_related("inbox", "contact").order_by("pk"))
        return rows[pick % len(rows)]

    def chosen(self, conversation: Conversation, mask: int) -> list[int]:
        spoken = conversation.messages.exclude(kind="event").order_by("at", "id").values_list("pk", flat=True)
        return [pk for place, pk in enumerate(spoken) if mask >> place & 1]

    def now(self) -> datetime:
        self.clock += 1
        return cast.NOW + cast.minutes(self.clock)


def split(world: World, a: int, b: int, mask: int) -> None:
    source = world.standing(a)
    ids = world.chosen(source, mask)
    world.done.append(rearranging.split(conversation=source, message_ids=ids, by=cast.can(), at=world.now()))


def move(world: World, a: int, b: int, mask: int) -> None:
    source, target = world.standing(a), world.standing(b)
    ids = world.chosen(source, mask)
    world.done.append(
        rearranging.move(conversation=source, message_ids=ids, target=target, by=cast.can(), at=world.now())
    )


def merge(world: World, a: int, b: int, mask: int) -> None:
    source, target = world.standing(a), world.standing(b)
    world.done.append(rearranging.merge(conversation=source, target=target, by=cast.can(), at=world.now()))


def undo(world: World, a: int, b: int, mask: int) -> None:
    if world.done:
        rearranging.undo(rearrangement=world.done[a % len(world.done)], by=cast.can(), at=world.now())


def resolve(world: World, a: int, b: int, mask: int) -> None:
    closing.resolve(conversation=world.standing(a), by=cast.can(), at=world.now())


def snooze(world: World, a: int, b: int, mask: int) -> None:
    at = world.now()
    snoozing.snooze(conversation=world.standing(a), until=at + cast.minutes(60), by=cast.can(), at=at)


def note(world: World, a: int, b: int, mask: int) -> None:
    noting.write_note(conversation=world.standing(a), html="", text="not", by=cast.can(), at=world.now())


ACTS: tuple[Callable[[World, int, int, int], None], ...] = (split, move, merge, undo, undo, resolve, snooze, note)
STEPS = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 5), st.integers(0, 5), st.integers(0, 31)), max_size=12
)


@pytest.fixture
def three_threads() -> list[Conversation]:
    """Ayşe has written three letters under subjects of their own; two were answered, one talked over."""
    found = []
    for n in range(3):
        letter = arrival(cast.mail(id=f"<{n}@ornek.example>", subject=f"Konu {n}", at=cast.NOW + cast.minutes(n * 10)))
        found.append(letter.conversation)
        answer(letter.conversation, n) if n else None
        noting.write_note(
            conversation=letter.conversation, html="", text=f"not {n}", by=cast.can(), at=cast.NOW + cast.minutes(50)
        )
    again = cast.mail(
        id="<again@ornek.example>", references=("<0@ornek.example>",), at=cast.NOW + cast.minutes(55), text="Yine ben"
    )
    assert arrival(again).conversation_id == found[0].pk
    return found


def answer(conversation: Conversation, n: int) -> Message:
    at = cast.NOW + cast.minutes(n * 10 + 5)
    sent = Interaction.objects.create(
        kind="message", direction="out", channel="email", contact=conversation.contact, at=at, recorded_at=at,
        inbox=conversation.inbox, external_id=f"<out-{n}@ihlamurev.example>", title="Ynt",
    )  # fmt: skip
    return threads.append_outbound(
        conversation=conversation, interaction=sent, html="", text="Bakıyoruz", recipients={}, files=(),
        by=cast.zeynep(), at=at,
    )  # fmt: skip


@given(steps=STEPS)
@settings(max_examples=16, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_no_message_is_lost_doubled_or_hidden(three_threads: list[Conversation], steps: list) -> None:  # type: ignore[type-arg]
    with rolled_back():
        world = World()
        for act, a, b, mask in steps:
            before = contents()
            try:
                with transaction.atomic():
                    act(world, a, b, mask)
            except REFUSALS:
                pass
            assert {key: text for key, text in contents().items() if key in before} == before
        tell_the_truth()


@given(steps=STEPS)
@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_undone_backwards_everything_is_where_it_was(three_threads: list[Conversation], steps: list) -> None:  # type: ignore[type-arg]
    with rolled_back():
        world, home = World(), places()
        for act, a, b, mask in steps:
            if act in (split, move, merge):
                try:
                    with transaction.atomic():
                        act(world, a, b, mask)
                except REFUSALS:
                    pass
        for done in reversed(world.done):
            rearranging.undo(rearrangement=done, by=cast.can(), at=world.now())
        assert places() == home
        tell_the_truth()


def tell_the_truth() -> None:
    """Nothing spoken stands where nobody looks, every thread can be found, rows and counts say what the entries say."""
    spoken = Message.objects.exclude(kind="event")
    assert not spoken.exclude(conversation__merged_into=None).exists()
    for conversation in Conversation.objects.all():
        assert end_of(conversation).merged_into_id is None
        if conversation.merged_into_id is None:
            assert spoken.filter(conversation=conversation).exists()
            assert as_told(conversation) == as_it_stands(conversation)
    assert counting.cells(cast.can()) == raw_count()


def contents() -> dict[int, tuple[object, ...]]:
    rows = Message.objects.exclude(kind="event").values_list("pk", "external_id", "interaction_id", "text", "at")
    return {pk: tuple(rest) for pk, *rest in rows}


def places() -> dict[int, int]:
    return dict(Message.objects.exclude(kind="event").values_list("pk", "conversation_id"))


def end_of(conversation: Conversation) -> Conversation:
    for _hop in range(50):
        if conversation.merged_into is None:
            return conversation
        conversation = conversation.merged_into
    raise AssertionError("threads point to each other in a circle")


def as_it_stands(conversation: Conversation) -> dict[str, object]:
    return Conversation.objects.values(*COLUMNS).get(pk=conversation.pk)


def as_told(conversation: Conversation) -> dict[str, object]:
    with rolled_back():
        threads.retell(conversation=Conversation.objects.get(pk=conversation.pk))
        return as_it_stands(conversation)


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        point = transaction.savepoint()
        yield
        transaction.savepoint_rollback(point)
