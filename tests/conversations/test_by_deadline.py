"""The list in the order of what is owed, page by page."""

from datetime import timedelta

import pytest

from muhatap.accounts.models import User
from muhatap.conversations import assigning, lists, snoozing
from muhatap.conversations.models import Conversation, Deadline
from tests import cast
from tests.conversations.conftest import conversation_of

pytestmark = pytest.mark.django_db
BY_DEADLINE = lists.ORDERS["deadline"]


def stands(name: str, *, status: str = "open", due: float | None = None, last: float = 0) -> Conversation:
    conversation = conversation_of(name)
    Conversation.objects.filter(pk=conversation.pk).update(
        status=status,
        next_deadline_at=cast.NOW + cast.minutes(due) if due is not None else None,
        last_message_at=cast.NOW + cast.minutes(last),
    )
    return conversation


def names(user: User, view: str = "all", limit: int = 40) -> list[list[str]]:
    """The pages of a view, read one after another."""
    pages, before = [], None
    while True:
        page = lists.page(user, view, before=before, limit=limit, order=BY_DEADLINE)
        pages.append([row.name for row in page.rows])
        before = page.next
        if before is None:
            return pages


@pytest.fixture
def shop() -> None:
    stands("Mehmet", status="waiting", last=-5)
    stands("Oğuz", due=72)
    stands("Fatih", last=-3)
    stands("Hakan", due=-154)
    stands("Gülşen", status="waiting", last=-1)
    stands("Elif", due=6)
    stands("Şule", last=-2)
    stands("Emily", due=6)


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 6, 7, 8, 40])
def test_however_pages_are_cut_everybody_stands_once_in_the_order_of_what_is_owed(limit: int) -> None:
    pages = names(cast.can(), limit=limit)
    assert [name for page in pages for name in page] == [
        "Hakan", "Elif", "Emily", "Oğuz", "Şule", "Fatih", "Gülşen", "Mehmet",
    ]  # fmt: skip
    assert all(len(page) == limit for page in pages[:-1])


@pytest.mark.usefixtures("shop")
def test_a_view_shows_only_its_own_also_by_deadline() -> None:
    mine = stands("İpek", due=3)
    assigning.assign(conversation=mine, to=cast.zeynep(), by=None, at=cast.NOW)
    assert names(cast.zeynep(), "mine") == [["İpek"]]
    assert names(cast.can(), "waiting") == [["Hakan", "İpek", "Elif", "Emily", "Oğuz", "Şule", "Fatih"]]


def test_a_sleeping_view_stands_by_its_newest() -> None:
    for name, last in (("Ayşe", -9), ("Elif", -2)):
        conversation = stands(name, last=last)
        snoozing.snooze(conversation=conversation, until=cast.NOW + timedelta(days=1), by=cast.can(), at=cast.NOW)
    assert names(cast.can(), "snoozed", limit=1) == [["Elif"], ["Ayşe"]]


def test_the_first_page_asks_no_more_for_more_conversations(django_assert_max_num_queries: object) -> None:
    for number in range(12):
        stands(f"Kişi {number}", due=number)
    can = cast.can()
    with django_assert_max_num_queries(2):  # type: ignore[operator]
        lists.page(can, "all", limit=5, order=BY_DEADLINE)
    assert not Deadline.objects.exists()
