"""Whom an entry concerns: everybody once, of what concerns them most, and never of what they may not see."""

from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from muhatap.accounts.models import Membership, Role, User, Visibility
from muhatap.channels.contract import Address, Receipt
from muhatap.conversations import assigning, following, noting, seeing, threads, visibility
from muhatap.conversations.models import Conversation, Message
from muhatap.flow import chatting, happened, notifying, reply
from muhatap.interactions import outbox
from muhatap.interactions.models import Outgoing
from muhatap.notices import telling, wishes
from muhatap.notices.models import Notice, QuietHours
from tests import cast
from tests.conversations.conftest import arrival

pytestmark = pytest.mark.django_db

AYSE = Address(name="Ayşe Yılmaz", email="ayse.yilmaz@ornek.example")


@pytest.fixture
def new(db: None) -> Conversation:
    cast.can()
    return arrival(cast.mail(id="<ayse-1@ornek.example>")).conversation


@pytest.fixture
def conversation(new: Conversation) -> Conversation:
    """One whose first letter rings for nobody any more."""
    Message.objects.update(is_automatic=True)
    return new


def follow() -> set[tuple[str, str]]:
    """Everything is followed, twice; who was told of what."""
    for message in Message.objects.order_by("pk"):
        happened.follow(message_id=message.pk, at=cast.NOW, steps=(notifying.follow, notifying.follow))
    return {(notice.user.name.split()[0], notice.kind) for notice in Notice.objects.all()}


def again(text: str = "Bir de bu akşam evde değilim.") -> Message:
    return arrival(cast.mail(id=f"<{text}@x>", text=text, references=("<ayse-1@ornek.example>",)))


def outsider() -> User:
    return cast.staff("yeni@ihlamurev.example", "Yeni Biri", Role.AGENT, Visibility.OWN)


def note(conversation: Conversation, by: User, text: str) -> Message:
    return noting.write_note(conversation=conversation, html=text, text=text, by=by, at=cast.NOW)


def test_what_nobody_has_taken_is_told_to_those_at_hand(new: Conversation) -> None:
    Membership.objects.create(team=cast.destek(), user=cast.can())
    cast.deniz()  # sees it, but sits elsewhere

    assert follow() == {("Zeynep", "unassigned"), ("Can", "unassigned")}


def test_only_what_opens_a_conversation_rings_for_everybody(new: Conversation) -> None:
    again()

    assert follow() == {("Zeynep", "unassigned")}
    assert Notice.objects.count() == 1


def test_whoever_is_given_a_conversation_is_told_but_not_by_themselves(conversation: Conversation) -> None:
    assigning.assign(conversation=conversation, to=cast.can(), by=cast.zeynep(), at=cast.NOW)
    assert follow() == {("Can", "assigned")}

    assigning.assign(conversation=conversation, to=cast.zeynep(), by=cast.zeynep(), at=cast.NOW)
    assert follow() == {("Can", "assigned")}


def test_a_rule_that_gives_it_to_somebody_tells_them(conversation: Conversation) -> None:
    assigning.assign(conversation=conversation, to=cast.zeynep(), by=None, at=cast.NOW)

    assert follow() == {("Zeynep", "assigned")}


def test_one_is_told_once_of_what_concerns_one_most(conversation: Conversation) -> None:
    assigning.assign(conversation=conversation, to=cast.can(), by=cast.can(), at=cast.NOW)
    following.follow(conversation=conversation, user=cast.can(), by=cast.can(), at=cast.NOW)
    following.follow(conversation=conversation, user=cast.deniz(), by=cast.deniz(), at=cast.NOW)
    note(conversation, cast.zeynep(), "@Can bakar mısın?")

    assert follow() == {("Can", "mention"), ("Deniz", "followed")}


def test_new_messages_go_to_whoever_has_the_conversation(conversation: Conversation) -> None:
    assigning.assign(conversation=conversation, to=cast.can(), by=cast.can(), at=cast.NOW)
    again()
    note(conversation, cast.can(), "Kendime not")

    assert follow() == {("Can", "mine")}
    assert Notice.objects.count() == 1  # the letter; not one’s own note


def test_automatic_mails_ring_for_nobody(conversation: Conversation) -> None:
    assert follow() == set()


def test_whoever_has_read_it_already_is_not_told(conversation: Conversation) -> None:
    assigning.assign(conversation=conversation, to=cast.can(), by=cast.can(), at=cast.NOW)
    news = again()
    seeing.mark_seen(conversation=conversation, message_id=news.pk, by=cast.can(), at=cast.NOW)

    assert follow() == set()


def test_a_follower_who_may_no_longer_see_it_is_not_told_and_what_they_were_told_is_not_shown(
    conversation: Conversation,
) -> None:
    stranger = outsider()
    assigning.assign(conversation=conversation, to=stranger, by=cast.can(), at=cast.NOW)
    assert follow() == {("Yeni", "assigned")} and telling.n_unseen(stranger) == 1

    following.follow(conversation=conversation, user=stranger, by=stranger, at=cast.NOW)
    assigning.assign(conversation=conversation, to=cast.can(), by=cast.can(), at=cast.NOW)
    again()

    assert ("Yeni", "followed") not in follow()
    assert telling.n_unseen(stranger) == 0 and telling.grouped(stranger) == []


@pytest.mark.parametrize("see", [cast.zeynep, cast.can, cast.deniz, outsider])
def test_both_questions_of_who_sees_what_agree(conversation: Conversation, see: object) -> None:
    user = see()  # type: ignore[operator]
    for wanted in Visibility.values:
        User.objects.filter(pk=user.pk).update(visibility=wanted)
        user.refresh_from_db()
        asked = visibility.who_sees(conversation).filter(pk=user.pk).exists()
        assert asked == visibility.sees(user, conversation), wanted


def test_who_wants_to_hear_nothing_hears_nothing(conversation: Conversation) -> None:
    wishes.wish(user=cast.can(), wanted={"mention": []}, quiet=QuietHours())
    note(conversation, cast.zeynep(), "@Can bakar mısın?")

    assert follow() == set()


@pytest.mark.parametrize(("event", "kind"), [("deadline_near", "warning"), ("deadline_missed", "breach")])
def test_a_deadline_is_told_to_whoever_has_it_or_could_take_it(
    conversation: Conversation, event: str, kind: str
) -> None:
    threads.tell(conversation=conversation, event=event, by=None, at=cast.NOW, due_at=cast.NOW.isoformat())
    assert follow() == {("Zeynep", kind)}

    Notice.objects.all().delete()
    assigning.assign(conversation=conversation, to=cast.can(), by=cast.can(), at=cast.NOW)
    assert follow() == {("Can", kind)}


@pytest.mark.parametrize("state", [Outgoing.State.FAILED, Outgoing.State.UNCERTAIN])
def test_whoever_wrote_what_did_not_go_is_told_each_time(conversation: Conversation, state: int) -> None:
    answer = reply.Answer(html="<p>Yolda.</p>", to=(AYSE,))
    message = reply.send(conversation=conversation, answer=answer, by=cast.zeynep(), at=cast.NOW)
    Outgoing.objects.update(state=state, state_at=cast.NOW)
    outgoing = Outgoing.objects.get()
    reply.tell_fate(outgoing)
    reply.tell_fate(outgoing)

    assert [notice.user for notice in Notice.objects.filter(kind="failed", message=message)] == [cast.zeynep()]
    telling.see(user=cast.zeynep(), conversation=conversation, at=cast.NOW)
    Outgoing.objects.update(state_at=cast.NOW + timedelta(minutes=5))
    reply.tell_fate(outgoing)
    assert telling.n_unseen(cast.zeynep()) == 1


def test_what_went_well_is_told_to_nobody(conversation: Conversation) -> None:
    answer = reply.Answer(html="<p>Yolda.</p>", to=(AYSE,))
    reply.send(conversation=conversation, answer=answer, by=cast.zeynep(), at=cast.NOW)
    outgoing = Outgoing.objects.get()
    outbox.conclude(outgoing=outgoing, receipt=Receipt(state="accepted"), at=cast.NOW)
    reply.tell_fate(outgoing)

    assert not Notice.objects.filter(kind="failed").exists()


def test_opening_the_conversation_sees_what_was_told(new: Conversation) -> None:
    follow()
    assert telling.n_unseen(cast.zeynep()) == 1

    chatting.we_read(conversation=new, message_id=new.last_inbound_id or 0, by=cast.zeynep(), at=cast.NOW)

    assert telling.n_unseen(cast.zeynep()) == 0
    assert [told.n_unseen for told in telling.grouped(cast.zeynep())] == [0]


def test_a_push_is_queued_for_those_who_want_one(conversation: Conversation) -> None:
    note(conversation, cast.zeynep(), "@Can bakar mısın?")
    follow()

    jobs = ProcrastinateJob.objects.filter(task_name=telling.PUSH)
    assert [job.args for job in jobs] == [{"notice_id": Notice.objects.get(kind="mention").pk}]
