import pytest

from muhatap.accounts.models import Membership, Role, Team, User, Visibility
from muhatap.accounts.remembering import remember
from muhatap.channels.models import Desk, Inbox
from muhatap.conversations import assigning, counting, lists, noting
from muhatap.conversations.models import Conversation
from muhatap.conversations.visibility import (
    find,
    readable_interactions,
    scope,
    visible_to,
    who_sees,
)
from muhatap.interactions import ledger
from tests import cast
from tests.conversations.conftest import arrival, conversation_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> dict[str, Conversation]:
    """Four conversations: Zeynep's own, her team's, her inbox's, and one she has nothing to do with."""
    sales = Inbox.objects.create(kind="email", name="satis@ihlamurev.example", address="satis@ihlamurev.example")
    support = cast.support_inbox()
    support.team = None
    support.save()
    Team.objects.get_or_create(name="Satış")
    Membership.objects.create(team=cast.destek(), user=cast.zeynep())
    found = {"own": conversation_of("Ayşe Yılmaz", sales), "team": conversation_of("Mehmet Kaya", sales)}
    found |= {"inbox": conversation_of("Elif Şahin", support), "other": conversation_of("Hakan Demir", sales)}
    assigning.assign(conversation=found["own"], to=cast.zeynep(), by=cast.can(), at=cast.NOW)
    assigning.hand_to_team(conversation=found["team"], team=cast.destek(), by=cast.can(), at=cast.NOW)
    return found


@pytest.mark.parametrize(
    ("visibility", "seen"),
    [
        (Visibility.OWN, {"own"}),
        (Visibility.TEAM, {"own", "team"}),
        (Visibility.INBOX, {"own", "team", "inbox"}),
        (Visibility.ALL, {"own", "team", "inbox", "other"}),
    ],
)
def test_everybody_sees_what_their_visibility_says_in_lists_and_counts(
    world: dict[str, Conversation], visibility: str, seen: set[str]
) -> None:
    zeynep = seeing(visibility)

    expected = {world[name].pk for name in seen}
    assert set(visible_to(zeynep).values_list("pk", flat=True)) == expected
    assert {row.pk for row in lists.page(zeynep, "all").rows} == expected
    assert lists.counts(zeynep)["all"] == len(expected)
    counting.fold()
    assert lists.counts(zeynep)["all"] == len(expected)


@pytest.mark.parametrize("visibility", Visibility.values)
@pytest.mark.parametrize("is_called", [False, True])
def test_the_rule_is_one_whichever_way_it_is_asked(
    world: dict[str, Conversation], visibility: str, is_called: bool
) -> None:
    zeynep = seeing(visibility)
    if is_called:
        noting.write_note(
            conversation=world["other"], html="<p>@Zeynep</p>", text="@Zeynep", by=cast.can(), at=cast.NOW
        )

    seen = {pk for pk in Conversation.objects.values_list("pk", flat=True) if find(zeynep, pk)}
    assert seen == set(visible_to(zeynep).values_list("pk", flat=True)) == set(lists.numbers(zeynep, "all"))
    assert seen == {one.pk for one in world.values() if zeynep in who_sees(one)}


def test_a_remembered_user_is_asked_about_once(
    world: dict[str, Conversation], django_assert_num_queries: object
) -> None:
    zeynep = seeing(Visibility.INBOX)
    remember(zeynep)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert scope(zeynep) is scope(zeynep)


def test_a_mention_lets_one_see_that_conversation(world: dict[str, Conversation]) -> None:
    zeynep = seeing(Visibility.OWN)

    noting.write_note(
        conversation=world["other"],
        html="<p>@Zeynep bakar mısın?</p>",
        text="@Zeynep bakar mısın?",
        by=cast.can(),
        at=cast.NOW,
    )

    assert world["other"] in visible_to(zeynep)
    assert [row.pk for row in lists.page(zeynep, "mentions").rows] == [world["other"].pk]


def test_a_name_that_two_have_calls_nobody(world: dict[str, Conversation]) -> None:
    cast.staff("zeynep.kaya@ihlamurev.example", "Zeynep Kaya", Role.AGENT, Visibility.OWN)

    assert noting.mentioned("@Zeynep bakar mısın?") == []
    assert noting.mentioned("@Zeynep Arslan bakar mısın?") == [cast.zeynep()]


def test_somebody_who_left_sees_nothing(world: dict[str, Conversation]) -> None:
    zeynep = seeing(Visibility.INBOX)
    zeynep.is_active = False

    assert not visible_to(zeynep).exists()
    assert list(scope(zeynep).inbox_ids) == []


def test_the_timeline_hides_messages_of_conversations_one_does_not_see() -> None:
    seen = arrival(cast.mail(id="<1@x>"))
    sales = Inbox.objects.create(kind="email", name="satis@ihlamurev.example", address="satis@ihlamurev.example")
    hidden = arrival(cast.mail(id="<2@x>"), sales)
    both = {seen.interaction_id, hidden.interaction_id}

    assert readable_interactions(seeing(Visibility.INBOX), both) == {seen.interaction_id}
    assert readable_interactions(cast.can(), both) == both


def test_what_stands_in_no_conversation_is_for_those_who_see_all() -> None:
    placed = arrival(cast.mail(id="<1@x>"))
    lone = ledger.record_sent(
        inbox=placed.inbox, contact=placed.conversation.contact, external_id="<2@x>", title="", text="", by=None, at=cast.NOW
    )  # fmt: skip

    assert readable_interactions(seeing(Visibility.INBOX), {lone.pk}) == set()
    assert readable_interactions(cast.can(), {lone.pk}) == {lone.pk}


def test_merged_away_conversations_are_in_no_list_and_no_count(world: dict[str, Conversation]) -> None:
    from muhatap.conversations import rearranging

    noting.write_note(conversation=world["other"], html="<p>not</p>", text="not", by=cast.can(), at=cast.NOW)
    rearranging.merge(conversation=world["other"], target=world["own"], by=cast.can(), at=cast.NOW)

    assert world["other"] not in visible_to(cast.can())
    assert lists.counts(cast.can())["all"] == 3


def seeing(visibility: str) -> User:
    zeynep = cast.zeynep()
    zeynep.visibility, zeynep.role = visibility, Role.AGENT
    zeynep.save()
    assert Desk.objects.filter(user=zeynep).exists()
    return zeynep
