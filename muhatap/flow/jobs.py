"""Jobs that somebody or something asks for: each is the act it runs, takes ids, and may run twice without harm."""

from muhatap.assistant import asking as assistant
from muhatap.automation import giving
from muhatap.contacts import hearing, ruling
from muhatap.conversations import bulk
from muhatap.duplicates import running as looks
from muhatap.flow import (
    assisting,
    chatting,
    deadlines,
    duplicates,
    filling,
    happened,
    intake,
    later,
    listening,
    replay_span,
    reply,
    rules,
    shops,
    understanding,
)
from muhatap.flow import hours as hours  # found by this module's name, so it brings the clock's jobs along
from muhatap.flow import telling as others
from muhatap.flow.working import on_request
from muhatap.imports import everything, uploading
from muhatap.imports import running as imports
from muhatap.notices import pushing, telling
from muhatap.sales import arriving as sent
from muhatap.sales import backfilling, privacy
from muhatap.shared import clock, jobs
from muhatap.understanding import catching_up
from muhatap.webhooks import delivering


@on_request("digest", queue="intake")
def digest(item_id: int) -> None:
    intake.digest(item_id=item_id, at=clock.now())


@on_request("follow", queue="follow")
def follow(message_id: int) -> None:
    happened.follow(message_id=message_id, at=clock.now())


@on_request("dispatch", queue="outbox")
def dispatch(outgoing_id: int) -> None:
    reply.dispatch(outgoing_id=outgoing_id, at=clock.now())


@on_request("send_scheduled", queue="outbox")
def send_scheduled(scheduled_id: int) -> None:
    later.send_due(scheduled_id=scheduled_id, at=clock.now())


@on_request("continue_by_mail", queue="outbox")
def continue_by_mail(session_id: int) -> None:
    chatting.continue_by_mail(session_id=session_id, at=clock.now())


@on_request(delivering.JOB, queue=delivering.QUEUE)
def tell_endpoint(endpoint_id: int) -> None:
    delivering.tell(endpoint_id=endpoint_id, at=clock.now())


@on_request(sent.JOB, queue=sent.QUEUE)
def digest_shop(delivery_id: int) -> None:
    shops.digest(delivery_id=delivery_id, at=clock.now())


@on_request(privacy.JOB, queue=privacy.QUEUE)
def erase_of_shop(delivery_id: int, user_id: int) -> None:
    shops.erase(delivery_id=delivery_id, user_id=user_id, at=clock.now())


@on_request(backfilling.JOB, queue=backfilling.QUEUE)
def back_fill(back_fill_id: int) -> None:
    filling.go_on(back_fill_id=back_fill_id, at=clock.now())


@on_request(assistant.JOB, queue=assistant.QUEUE, retry=1)
def assist(asking_id: int) -> None:
    """A second run asks nothing: what went out once does not go out again."""
    assisting.carry_out(asking_id=asking_id, at=clock.now())


@on_request(others.AGAIN, queue="follow")
def tell_of_answer(message_id: int) -> None:
    others.follow_later(message_id=message_id, at=clock.now())


@on_request(listening.LOOK, queue=listening.QUEUE)
def look_at_source(inbox_id: int) -> None:
    listening.look(inbox_id=inbox_id, at=clock.now())


@on_request(telling.PUSH, queue="push", retry=False)
def push_notice(notice_id: int) -> None:
    pushing.push_notice(notice_id=notice_id, at=clock.now())


@on_request("replay", queue="care")
def replay(item_ids: list[int], by_id: int) -> None:
    replay_span.run(item_ids=item_ids, by_id=by_id, at=clock.now())


@on_request("recalculate_deadlines", queue="care")
def recalculate_deadlines(status: str, before: str) -> None:
    deadlines.recalculate(status=status, before=before, at=clock.now())


@on_request("give_unplaced", queue="follow")
def give_unplaced() -> None:
    giving.give_unplaced(at=clock.now())


@on_request("dry_run", queue="care")
def dry_run(dry_run_id: int) -> None:
    rules.rehearse(dry_run_id=dry_run_id, at=clock.now())


@on_request("bulk", queue="care")
def act_on_many(bulk_id: int) -> None:
    bulk.run(bulk_id=bulk_id, at=clock.now())


@on_request(imports.COMPARE, queue="care")
def compare(after: int) -> None:
    """A few thousand records at a time, so that no worker is held for long."""
    for _turn in range(imports.CHUNKS_A_JOB):
        after = hearing.compare_missing(after=after)
        if not after:
            return
    jobs.queue(imports.COMPARE, queue="care", after=after)


@on_request("catch_up", queue="care")
def catch_up(after: int) -> None:
    """Contacts from before there were records are found by what we know of them; a few thousand at a time."""
    for _turn in range(imports.CHUNKS_A_JOB):
        after = hearing.catch_up(at=clock.now(), after=after)
        if not after:
            return
    jobs.queue("catch_up", queue="care", after=after)


@on_request(everything.JOB, queue="care")
def export_everything(export_id: int) -> None:
    everything.make(export_id=export_id, at=clock.now())


@on_request(uploading.JOB, queue="care")
def take_file(import_id: int) -> None:
    imports.go_on(import_id=import_id, at=clock.now())


@on_request(looks.JOB, queue="care")
def look_for_duplicates(run_id: int) -> None:
    duplicates.look(run_id=run_id, at=clock.now())


@on_request(catching_up.JOB, queue=catching_up.QUEUE)
def read_older(catch_up_id: int, before: int | None = None) -> None:
    understanding.read_older(catch_up_id=catch_up_id, before=before, at=clock.now())


@on_request(understanding.LEARN, queue="care", retry=False, queueing_lock=understanding.LEARN)
def learn_readings() -> None:
    understanding.learn(at=clock.now())


@on_request(ruling.JOB, queue=ruling.QUEUE)
def project_contacts(after: int) -> None:
    ruling.go_on(after=after, at=clock.now())
