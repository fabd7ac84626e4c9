"""Who takes the next conversation: in turn, by load, by what they know; never twice into the last free place."""

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import close_old_connections, connection

from muhatap.accounts.models import Membership, Team, User, Visibility
from muhatap.automation import available, giving
from muhatap.automation.models import RuleFiring, Unplaced
from muhatap.contacts import tagging as naming
from muhatap.contacts.models import Contact
from muhatap.conversations import assigning, closing, counting, snoozing, tagging
from muhatap.conversations.models import Conversation, Message
from tests import cast
from tests.automation.conftest import action, follow, letter, rule
from tests.conversations.conftest import conversation_of

N_THREADS = 8


@pytest.fixture
def team(db: None) -> Team:
    """Destek: Zeynep, Can and Selin answer; Ece only looks at figures."""
    team = cast.destek()
    for user in (cast.zeynep(), cast.can(), cast.selin(), cast.ece()):
        Membership.objects.get_or_create(team=team, user=user)
    return team


def arrange(team: Team, way: str, n_at_most: int | None = None) -> None:
    available.arrange(team=team, way=way, n_at_most=n_at_most, by=cast.deniz(), at=cast.NOW)


def new(name: str = "Elif") -> Conversation:
    return conversation_of(name)


def give(conversation: Conversation) -> User | None:
    return giving.give(conversation=conversation, at=cast.NOW)


@pytest.mark.django_db
class TestOneAfterAnother:
    def test_in_turn_everybody_who_may_answer_gets_one(self, team: Team) -> None:
        arrange(team, "rotation")

        given = [give(new()) for _ in range(6)]

        assert Counter(given) == {cast.zeynep(): 2, cast.can(): 2, cast.selin(): 2}
        assert given[:3] == given[3:]

    def test_by_load_whoever_has_fewest_open_ones_is_next(self, team: Team) -> None:
        arrange(team, "load")
        for user in (cast.zeynep(), cast.zeynep(), cast.can()):
            assigning.assign(conversation=new(), to=user, by=cast.can(), at=cast.NOW)

        given = [give(new()) for _ in range(3)]

        assert given[0] == cast.selin()
        assert counting.open_of([cast.zeynep().pk, cast.can().pk, cast.selin().pk]) == {
            cast.zeynep().pk: 2, cast.can().pk: 2, cast.selin().pk: 2,
        }  # fmt: skip

    def test_by_skill_whoever_knows_the_tag_and_the_language(self, team: Team) -> None:
        arrange(team, "skill")
        wholesale = naming.named("toptan")
        equip = {"by": cast.deniz(), "at": cast.NOW, "n_at_most": None}
        available.equip(user=cast.can(), languages=["en"], skills=[wholesale], **equip)
        available.equip(user=cast.selin(), languages=["en"], skills=[], **equip)
        english = new("Emily")
        Contact.objects.filter(pk=english.contact_id).update(language="en")
        tagging.tag(conversation=english, tag=wholesale, by=cast.zeynep(), at=cast.NOW)

        assert give(english) == cast.can()
        available.become(user=cast.can(), state="break", at=cast.NOW)
        also = new("James")
        tagging.tag(conversation=also, tag=wholesale, by=cast.zeynep(), at=cast.NOW)
        assert give(also) is None, "who knows it is waited for"
        assert give(new()) in (cast.zeynep(), cast.selin()), "what asks for nothing goes to anybody"

    def test_nobody_gets_more_than_they_take(self, team: Team) -> None:
        arrange(team, "rotation", n_at_most=1)
        available.equip(user=cast.zeynep(), n_at_most=2, languages=[], skills=[], by=cast.deniz(), at=cast.NOW)

        given = Counter(give(new()) for _ in range(6))

        assert given == {cast.zeynep(): 2, cast.can(): 1, cast.selin(): 1, None: 2}
        assert Unplaced.objects.count() == 2

    def test_who_is_away_gets_none_and_what_waited_comes_when_somebody_is_back(self, team: Team) -> None:
        arrange(team, "rotation")
        for user in (cast.zeynep(), cast.can(), cast.selin()):
            available.become(user=user, state="away", at=cast.NOW)
        waiting = new()
        assert give(waiting) is None

        available.become(user=cast.can(), state="available", at=cast.NOW)

        assert giving.give_unplaced(at=cast.NOW) == 1
        waiting.refresh_from_db()
        assert waiting.assignee == cast.can() and not Unplaced.objects.exists()

    @pytest.mark.parametrize(
        "settle",
        [
            lambda one: closing.resolve(conversation=one, by=cast.can(), at=cast.NOW),
            lambda one: assigning.assign(conversation=one, to=cast.can(), by=cast.can(), at=cast.NOW),
            lambda one: snoozing.snooze(
                conversation=one, until=cast.NOW + cast.minutes(60), by=cast.can(), at=cast.NOW
            ),
            lambda one: assigning.hand_to_team(conversation=one, team=None, by=cast.can(), at=cast.NOW),
        ],
    )
    def test_what_needs_nobody_any_more_is_not_given(self, team: Team, settle: Callable[[Conversation], None]) -> None:
        arrange(team, "rotation", n_at_most=0)
        waiting = new()
        give(waiting)
        settle(waiting)
        arrange(team, "rotation")

        assert giving.give_unplaced(at=cast.NOW) == 0 and not Unplaced.objects.exists()

    def test_a_team_where_nobody_is_free_holds_up_no_other(self, team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
        sales = Team.objects.create(name="Satış")
        Membership.objects.create(team=sales, user=cast.deniz())
        arrange(sales, "rotation", n_at_most=0)
        stuck, waiting = new(), new()
        for conversation, of in ((stuck, sales), (waiting, team)):
            assigning.hand_to_team(conversation=conversation, team=of, by=cast.can(), at=cast.NOW)
        arrange(team, "rotation", n_at_most=0)
        assert (give(stuck), give(waiting)) == (None, None)
        arrange(team, "rotation")
        monkeypatch.setattr(giving, "AT_ONCE", 1)

        assert giving.give_unplaced(at=cast.NOW) == 1
        assert Unplaced.objects.get().conversation == stuck

    def test_a_team_that_gives_by_hand_gives_nothing(self, team: Team) -> None:
        assert give(new()) is None and not Unplaced.objects.exists()

    def test_a_letter_finds_somebody_by_itself_and_the_thread_says_how(self, team: Team) -> None:
        arrange(team, "rotation")

        follow(letter("<1@x>"))

        told = Message.objects.get(event="assigned")
        assert told.by is None and told.event_details["way"] == "rotation"

    def test_who_was_put_off_by_hand_stays_without(self, team: Team) -> None:
        arrange(team, "rotation")
        message = letter("<1@x>")
        follow(message)
        conversation = Conversation.objects.get()
        assigning.assign(conversation=conversation, to=None, by=cast.can(), at=cast.NOW)

        follow(Message.objects.get(event="unassigned"))
        giving.give_unplaced(at=cast.NOW)

        assert Conversation.objects.get().assignee is None

    def test_a_rule_gives_in_turn_in_any_team(self, team: Team) -> None:
        rule(action("give", team.pk))

        follow(letter("<1@x>"))

        assert Conversation.objects.get().assignee is not None
        assert RuleFiring.objects.get().done[0]["not"] == ""
        assert team.way_of_giving.way == "hand"


@pytest.mark.django_db(transaction=True)
class TestAtTheSameMoment:
    def test_the_last_free_place_is_taken_once(self, team: Team) -> None:
        arrange(team, "load", n_at_most=1)

        at_once([new(f"Kişi {n}") for n in range(N_THREADS)])

        assert sorted(counting.open_of([user.pk for user in team.members.all()]).values()) == [0, 1, 1, 1]
        assert Unplaced.objects.count() == N_THREADS - 3

    def test_turns_are_fair(self, team: Team) -> None:
        arrange(team, "rotation")

        at_once([new(f"Kişi {n}") for n in range(3 * N_THREADS)])

        taken = Counter(Conversation.objects.values_list("assignee__name", flat=True))
        assert set(taken.values()) == {N_THREADS} and len(taken) == 3


def at_once(conversations: list[Conversation]) -> None:
    """Give them all from eight threads that begin together, each on a connection of its own."""
    begin, failed = threading.Barrier(N_THREADS), []

    def take(part: list[Conversation]) -> None:
        begin.wait()
        try:
            for conversation in part:
                give(conversation)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    parts = [conversations[n::N_THREADS] for n in range(N_THREADS)]
    threads = [threading.Thread(target=take, args=(part,)) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    close_old_connections()
    assert failed == []


@pytest.mark.django_db
def test_one_who_may_see_only_their_own_is_given_too(team: Team) -> None:
    arrange(team, "load")
    User.objects.filter(pk=cast.zeynep().pk).update(visibility=Visibility.OWN)
    for user in (cast.can(), cast.selin()):
        available.become(user=user, state="away", at=cast.NOW)

    assert give(new()) == cast.zeynep()
