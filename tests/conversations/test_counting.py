import random

import pytest
from django.db.models import Count

from muhatap.conversations import assigning, closing, counting
from muhatap.conversations.models import Conversation, ConversationCount, ConversationCountDelta
from tests import cast
from tests.conversations.conftest import conversation_of

pytestmark = pytest.mark.django_db


def test_kept_counts_equal_the_raw_count_after_any_work() -> None:
    dice = random.Random(7)
    conversations = [conversation_of(f"Kişi {n}") for n in range(12)]

    for _ in range(60):
        conversation = dice.choice(conversations)
        conversation.refresh_from_db()
        act = dice.choice([closing.resolve, closing.reopen, closing.mark_spam])
        act(conversation=conversation, by=cast.can(), at=cast.NOW)
        assigning.assign(
            conversation=conversation, to=dice.choice([cast.zeynep(), cast.can(), None]), by=cast.can(), at=cast.NOW
        )
        if dice.random() < 0.2:
            counting.fold()

    assert counting.cells(cast.can()) == raw_count()


def test_folding_leaves_no_deltas_behind() -> None:
    conversation_of("Ayşe Yılmaz")

    counting.fold()
    counting.fold()

    assert not ConversationCountDelta.objects.exists()
    assert ConversationCount.objects.get().n == 1


def raw_count() -> dict[tuple[int, int, int, str], int]:
    rows = Conversation.objects.filter(merged_into=None).values_list("inbox_id", "team_id", "assignee_id", "status")
    return {
        (inbox, team or 0, person or 0, status): n for inbox, team, person, status, n in rows.annotate(n=Count("id"))
    }
