"""An answer sent later: it leaves at its moment and once, or is held and somebody is asked."""

from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from muhatap.channels.contract import Address, FileRef
from muhatap.channels.models import Inbox
from muhatap.conversations import closing, drafting, rearranging, threads
from muhatap.conversations.models import Conversation, Draft, Message, Scheduled
from muhatap.flow import happened, later, notifying, reply, sweep
from muhatap.interactions.models import Interaction, Outgoing
from muhatap.notices.models import Notice
from tests import cast
from tests.flow.conftest import arrive, letter, message_of

pytestmark = pytest.mark.django_db
AYSE = (Address(email="ayse.yilmaz@ornek.example", name="Ayşe Yılmaz"),)
TOMORROW = cast.NOW + timedelta(hours=18)
FILE = FileRef(name="iade.pdf", type="application/pdf", size=1000, sha256="0" * 64)


@pytest.fixture
def conversation() -> Conversation:
    return message_of(arrive(cast.support_inbox(), letter())).conversation


def planned(conversation: Conversation, **more: object) -> Scheduled:
    fields: dict[str, object] = {"html": "<p>Bugün yola çıktı.</p>", "to": AYSE, "files": (FILE,)}
    answer = reply.Answer(**(fields | more))  # type: ignore[arg-type]
    return later.schedule(conversation=conversation, answer=answer, send_at=TOMORROW, by=cast.zeynep(), at=cast.NOW)


def writes_again(inbox: Inbox) -> Message:
    again = letter(id="<2@ornek.example>", text="Bir de şu var.", References="<1@ornek.example>")
    return message_of(arrive(inbox, again))


def test_nothing_is_said_before_its_moment(conversation: Conversation) -> None:
    drafting.save(conversation=conversation, kind="reply", by=cast.zeynep(), at=cast.NOW, html="<p>Bugün</p>")
    row = planned(conversation)
    later.send_due(scheduled_id=row.pk, at=TOMORROW - timedelta(seconds=1))
    assert not Outgoing.objects.exists()
    assert not Interaction.objects.filter(direction="out").exists()
    assert not conversation.messages.filter(kind="outbound").exists()
    assert not Draft.objects.exists()
    conversation.refresh_from_db()
    assert conversation.status == "open"


def test_it_leaves_at_its_moment_and_once(conversation: Conversation) -> None:
    row = planned(conversation)
    job = ProcrastinateJob.objects.get(task_name=later.SEND)
    assert (job.scheduled_at, job.args) == (TOMORROW, {"scheduled_id": row.pk})
    for _again in range(3):
        later.send_due(scheduled_id=row.pk, at=TOMORROW)
    outgoing = Outgoing.objects.get()
    assert outgoing.not_before == TOMORROW
    row.refresh_from_db()
    assert (row.state, row.message.text, row.message.at) == ("sent", "Bugün yola çıktı.", TOMORROW)
    assert row.message.attachments.get().name == "iade.pdf"


def test_leaving_it_ends_no_draft_that_was_begun_meanwhile(conversation: Conversation) -> None:
    row = planned(conversation)
    drafting.save(conversation=conversation, kind="reply", by=cast.zeynep(), at=cast.NOW, html="<p>Bir de şu var</p>")
    later.send_due(scheduled_id=row.pk, at=TOMORROW)
    assert Draft.objects.get().html == "<p>Bir de şu var</p>"


def test_a_dead_job_is_made_good_by_the_sweep(conversation: Conversation) -> None:
    row = planned(conversation)
    ProcrastinateJob.objects.all().delete()
    sweep.everything(at=TOMORROW + timedelta(minutes=1))
    row.refresh_from_db()
    assert row.state == "sent"


def test_it_is_held_as_soon_as_they_write_and_somebody_is_asked(conversation: Conversation) -> None:
    row = planned(conversation)
    message = writes_again(conversation.inbox)
    for _again in range(2):
        later.follow(message=message, at=cast.NOW)
    row.refresh_from_db()
    assert (row.state, row.held_because) == ("held", "wrote_again")
    told = conversation.messages.get(event="send_held")
    assert told.event_details == {"to": "Zeynep Arslan", "to_id": cast.zeynep().pk, "because": "wrote_again"}
    later.send_due(scheduled_id=row.pk, at=TOMORROW)
    assert not Outgoing.objects.exists()


def test_the_hold_does_not_wait_for_the_job_that_follows(conversation: Conversation) -> None:
    row = planned(conversation)
    writes_again(conversation.inbox)
    later.send_due(scheduled_id=row.pk, at=TOMORROW)
    row.refresh_from_db()
    assert (row.state, Outgoing.objects.exists()) == ("held", False)


def test_what_follows_from_an_entry_includes_the_hold() -> None:
    assert later.follow in happened.STEPS


def answers(conversation: Conversation, by: cast.User) -> Message:
    answer = reply.Answer(html="<p>Kargo şubesinden alabilirsiniz.</p>", to=AYSE)
    return reply.send(conversation=conversation, answer=answer, by=by, at=cast.NOW + timedelta(hours=1))


def test_a_colleagues_answer_holds_it_and_its_writer_is_told(conversation: Conversation) -> None:
    row = planned(conversation)
    message = answers(conversation, cast.can())
    later.follow(message=message, at=message.at)
    row.refresh_from_db()
    assert (row.state, row.held_because) == ("held", "colleague_answered")
    notifying.follow(message=conversation.messages.get(event="send_held"), at=message.at)
    assert [(notice.user, notice.kind) for notice in Notice.objects.all()] == [(cast.zeynep(), "failed")]


def test_a_colleagues_answer_holds_it_at_its_moment_too(conversation: Conversation) -> None:
    row = planned(conversation)
    answers(conversation, cast.can())
    later.send_due(scheduled_id=row.pk, at=TOMORROW)
    row.refresh_from_db()
    assert row.held_because == "colleague_answered"


def test_ones_own_answer_meanwhile_holds_nothing(conversation: Conversation) -> None:
    row = planned(conversation)
    later.follow(message=answers(conversation, cast.zeynep()), at=cast.NOW)
    later.send_due(scheduled_id=row.pk, at=TOMORROW)
    row.refresh_from_db()
    assert row.state == "sent"


def test_an_automatic_reply_holds_nothing(conversation: Conversation) -> None:
    row = planned(conversation)
    later.follow(message=Message(conversation=conversation, kind="inbound", is_automatic=True, pk=10**9), at=cast.NOW)
    row.refresh_from_db()
    assert row.state == "waiting"


def test_a_held_one_leaves_when_somebody_says_so(conversation: Conversation) -> None:
    row = planned(conversation)
    later.follow(message=writes_again(conversation.inbox), at=cast.NOW)
    message = later.send_now(scheduled=row, by=cast.zeynep(), at=cast.NOW)
    assert message and Outgoing.objects.get().not_before == cast.NOW + timedelta(seconds=10)
    assert later.send_now(scheduled=row, by=cast.zeynep(), at=cast.NOW) is None


def test_another_moment_frees_a_held_one(conversation: Conversation) -> None:
    row = planned(conversation)
    later.follow(message=writes_again(conversation.inbox), at=cast.NOW)
    assert later.postpone(scheduled=row, send_at=TOMORROW + timedelta(days=1), at=cast.NOW)
    later.send_due(scheduled_id=row.pk, at=TOMORROW)
    assert not Outgoing.objects.exists()
    later.send_due(scheduled_id=row.pk, at=TOMORROW + timedelta(days=1))
    assert Outgoing.objects.exists()


def test_taken_back_it_is_a_draft_with_all_it_had(conversation: Conversation) -> None:
    row = planned(conversation, cc=(Address(email="mehmet.kaya@ornek.example"),))
    assert later.take_back(scheduled=row, by=cast.zeynep(), at=cast.NOW)
    draft = Draft.objects.get()
    assert (draft.html, draft.cc[0]["email"]) == ("<p>Bugün yola çıktı.</p>", "mehmet.kaya@ornek.example")
    assert draft.files[0]["name"] == "iade.pdf"
    later.send_due(scheduled_id=row.pk, at=TOMORROW)
    assert not Outgoing.objects.exists()
    assert not later.take_back(scheduled=row, by=cast.zeynep(), at=cast.NOW)


def test_a_colleague_who_takes_it_back_has_it_and_the_thread_says_so(conversation: Conversation) -> None:
    assert later.take_back(scheduled=planned(conversation), by=cast.can(), at=cast.NOW)
    assert (Draft.objects.get().by, conversation.messages.get(event="taken_back").by) == (cast.can(), cast.can())


def test_merged_into_another_thread_it_waits_there(conversation: Conversation) -> None:
    row = planned(conversation)
    target = threads.start(
        inbox=conversation.inbox, contact=conversation.contact, subject="Havlu", at=cast.NOW - timedelta(hours=1)
    )
    rearranging.merge(conversation=conversation, target=target, by=cast.zeynep(), at=cast.NOW)
    row.refresh_from_db()
    assert row.conversation_id == target.pk
    later.send_due(scheduled_id=row.pk, at=TOMORROW)
    assert target.messages.filter(kind="outbound").exists()


@pytest.mark.parametrize("because", ["spam", "writer_gone"])
def test_it_is_held_when_the_thread_or_its_writer_has_gone(conversation: Conversation, because: str) -> None:
    row = planned(conversation)
    if because == "spam":
        closing.mark_spam(conversation=conversation, by=cast.can(), at=cast.NOW)
    else:
        type(row.by).objects.filter(pk=row.by_id).update(is_active=False)
    later.send_due(scheduled_id=row.pk, at=TOMORROW)
    row.refresh_from_db()
    assert (row.state, row.held_because) == ("held", because)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"html": "", "files": ()}, reply.Empty),
        ({"to": ()}, reply.NoRecipient),
        ({"to": (Address(email="destek+ek@ihlamurev.example"),)}, reply.NoRecipient),
        ({"files": (FileRef(name="film.mov", type="video/quicktime", size=10**8, sha256="0" * 64),)}, reply.OverLimit),
        ({"seen_message_id": 0}, reply.SomethingNew),
    ],
)
def test_what_could_not_leave_now_is_not_put_off(
    conversation: Conversation, wrong: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        planned(conversation, **wrong)
    assert not Scheduled.objects.exists()


@pytest.mark.parametrize("away", [timedelta(0), timedelta(days=-1), timedelta(days=400)])
def test_the_moment_lies_ahead_and_not_too_far(conversation: Conversation, away: timedelta) -> None:
    with pytest.raises(later.NotThen):
        later.schedule(
            conversation=conversation,
            answer=reply.Answer(html="<p>x</p>", to=AYSE),
            send_at=cast.NOW + away,
            by=cast.zeynep(),
            at=cast.NOW,
        )
