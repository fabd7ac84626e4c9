"""Every job: each is the act it runs, takes ids, and may run twice without harm."""

import logging
from datetime import timedelta
from functools import partial

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from muhatap.accounts import api_requests, audit, sessions
from muhatap.assistant import asking as assistant
from muhatap.automation import giving
from muhatap.channels.webchat import tidying
from muhatap.contacts import hearing, ruling
from muhatap.conversations import bulk, counting, drafting, snoozing
from muhatap.duplicates import running as looks
from muhatap.flow import (
    asking,
    assisting,
    cases,
    chatting,
    closing_the_loop,
    deadlines,
    duplicates,
    filling,
    happened,
    intake,
    lake,
    later,
    listening,
    promises,
    questions,
    replay_span,
    reply,
    rules,
    shopping,
    shops,
    surveying,
    sweep,
    themes,
    understanding,
    visitors,
    weekly,
)
from muhatap.flow import telling as others
from muhatap.imports import everything, uploading
from muhatap.imports import running as imports
from muhatap.insight import checking, rollups, voices
from muhatap.notices import mailing, presence, pushing, telling
from muhatap.sales import arriving as sent
from muhatap.sales import backfilling, privacy, watching
from muhatap.search import documents
from muhatap.shared import clock, jobs
from muhatap.shared.jobs import on_fresh_connection
from muhatap.triggers import firing
from muhatap.understanding import catching_up
from muhatap.visits import folding, nameless, tallies
from muhatap.visits import keeping as events
from muhatap.webhooks import delivering

log = logging.getLogger(__name__)
COPIES_KEPT = timedelta(days=30)  # of drafts that were thrown away or written over
AGAIN = RetryStrategy(max_attempts=50, exponential_wait=2)


@app.task(name="digest", queue="intake", retry=AGAIN)
@on_fresh_connection
def digest(item_id: int) -> None:
    intake.digest(item_id=item_id, at=clock.now())


@app.task(name="follow", queue="follow", retry=AGAIN)
@on_fresh_connection
def follow(message_id: int) -> None:
    happened.follow(message_id=message_id, at=clock.now())


@app.task(name="dispatch", queue="outbox", retry=AGAIN)
@on_fresh_connection
def dispatch(outgoing_id: int) -> None:
    reply.dispatch(outgoing_id=outgoing_id, at=clock.now())


@app.task(name="send_scheduled", queue="outbox", retry=AGAIN)
@on_fresh_connection
def send_scheduled(scheduled_id: int) -> None:
    later.send_due(scheduled_id=scheduled_id, at=clock.now())


@app.task(name="continue_by_mail", queue="outbox", retry=AGAIN)
@on_fresh_connection
def continue_by_mail(session_id: int) -> None:
    chatting.continue_by_mail(session_id=session_id, at=clock.now())


@app.task(name=delivering.JOB, queue=delivering.QUEUE, retry=AGAIN)
@on_fresh_connection
def tell_endpoint(endpoint_id: int) -> None:
    delivering.tell(endpoint_id=endpoint_id, at=clock.now())


@app.task(name=sent.JOB, queue=sent.QUEUE, retry=AGAIN)
@on_fresh_connection
def digest_shop(delivery_id: int) -> None:
    shops.digest(delivery_id=delivery_id, at=clock.now())


@app.task(name=privacy.JOB, queue=privacy.QUEUE, retry=AGAIN)
@on_fresh_connection
def erase_of_shop(delivery_id: int, user_id: int) -> None:
    shops.erase(delivery_id=delivery_id, user_id=user_id, at=clock.now())


@app.task(name=backfilling.JOB, queue=backfilling.QUEUE, retry=AGAIN)
@on_fresh_connection
def back_fill(back_fill_id: int) -> None:
    filling.go_on(back_fill_id=back_fill_id, at=clock.now())


@app.task(name=assistant.JOB, queue=assistant.QUEUE, retry=1)
@on_fresh_connection
def assist(asking_id: int) -> None:
    """A second run asks nothing: what went out once does not go out again."""
    assisting.carry_out(asking_id=asking_id, at=clock.now())


@app.task(name=others.AGAIN, queue="follow", retry=AGAIN)
@on_fresh_connection
def tell_of_answer(message_id: int) -> None:
    others.follow_later(message_id=message_id, at=clock.now())


@app.periodic(cron="* * * * * */10")
@app.task(name="tell_others", queue="care", queueing_lock="tell_others")
@on_fresh_connection
def tell_others(timestamp: int) -> None:
    """What staff did to contacts, and the deliveries whose time has come."""
    others.tell_audited(at=clock.now())
    delivering.wake_due(at=clock.now())


@app.task(name=listening.LOOK, queue=listening.QUEUE, retry=AGAIN)
@on_fresh_connection
def look_at_source(inbox_id: int) -> None:
    listening.look(inbox_id=inbox_id, at=clock.now())


@app.periodic(cron="* * * * * */20")
@app.task(name="look_around", queue="care", queueing_lock="look_around")
@on_fresh_connection
def look_around(timestamp: int) -> None:
    """The sources whose time has come."""
    listening.begin_due(at=clock.now())


@app.periodic(cron="37 */6 * * *")
@app.task(name="recheck_posts", queue=listening.QUEUE, queueing_lock="recheck_posts", lock="recheck_posts")
@on_fresh_connection
def recheck_posts(timestamp: int) -> None:
    """What became of the posts of the last month."""
    listening.recheck_all(at=clock.now())


@app.task(name=telling.PUSH, queue="push")
@on_fresh_connection
def push_notice(notice_id: int) -> None:
    pushing.push_notice(notice_id=notice_id, at=clock.now())


@app.periodic(cron="* * * * * */30")
@app.task(name="mail_notices", queue="push", queueing_lock="mail_notices")
@on_fresh_connection
def mail_notices(timestamp: int) -> None:
    """Mail those who have not looked, and forget browser tabs that fell silent."""
    presence.tidy(at=clock.now())
    mailing.mail_unseen(at=clock.now())


@app.task(name="replay", queue="care", retry=AGAIN)
@on_fresh_connection
def replay(item_ids: list[int], by_id: int) -> None:
    replay_span.run(item_ids=item_ids, by_id=by_id, at=clock.now())


@app.task(name="recalculate_deadlines", queue="care", retry=AGAIN)
@on_fresh_connection
def recalculate_deadlines(status: str, before: str) -> None:
    deadlines.recalculate(status=status, before=before, at=clock.now())


@app.task(name="give_unplaced", queue="follow", retry=AGAIN)
@on_fresh_connection
def give_unplaced() -> None:
    giving.give_unplaced(at=clock.now())


@app.task(name="dry_run", queue="care", retry=AGAIN)
@on_fresh_connection
def dry_run(dry_run_id: int) -> None:
    rules.rehearse(dry_run_id=dry_run_id, at=clock.now())


@app.task(name="bulk", queue="care", retry=AGAIN)
@on_fresh_connection
def act_on_many(bulk_id: int) -> None:
    bulk.run(bulk_id=bulk_id, at=clock.now())


@app.task(name=imports.COMPARE, queue="care", retry=AGAIN)
@on_fresh_connection
def compare(after: int) -> None:
    """A few thousand records at a time, so that no worker is held for long."""
    for _turn in range(imports.CHUNKS_A_JOB):
        after = hearing.compare_missing(after=after)
        if not after:
            return
    jobs.queue(imports.COMPARE, queue="care", after=after)


@app.task(name="catch_up", queue="care", retry=AGAIN)
@on_fresh_connection
def catch_up(after: int) -> None:
    """Contacts from before there were records are found by what we know of them; a few thousand at a time."""
    for _turn in range(imports.CHUNKS_A_JOB):
        after = hearing.catch_up(at=clock.now(), after=after)
        if not after:
            return
    jobs.queue("catch_up", queue="care", after=after)


@app.task(name=everything.JOB, queue="care", retry=AGAIN)
@on_fresh_connection
def export_everything(export_id: int) -> None:
    everything.make(export_id=export_id, at=clock.now())


@app.task(name=uploading.JOB, queue="care", retry=AGAIN)
@on_fresh_connection
def take_file(import_id: int) -> None:
    imports.go_on(import_id=import_id, at=clock.now())


@app.task(name=looks.JOB, queue="care", retry=AGAIN)
@on_fresh_connection
def look_for_duplicates(run_id: int) -> None:
    duplicates.look(run_id=run_id, at=clock.now())


@app.task(name=catching_up.JOB, queue=catching_up.QUEUE, retry=AGAIN)
@on_fresh_connection
def read_older(catch_up_id: int, before: int | None = None) -> None:
    understanding.read_older(catch_up_id=catch_up_id, before=before, at=clock.now())


@app.task(name=understanding.LEARN, queue="care", queueing_lock=understanding.LEARN)
@on_fresh_connection
def learn_readings() -> None:
    understanding.learn(at=clock.now())


@app.task(name=ruling.JOB, queue=ruling.QUEUE, retry=AGAIN)
@on_fresh_connection
def project_contacts(after: int) -> None:
    ruling.go_on(after=after, at=clock.now())


@app.periodic(cron="* * * * * */10")
@app.task(name="sweep", queue="care", queueing_lock="sweep")
@on_fresh_connection
def sweep_up(timestamp: int) -> None:
    """Help along whatever a killed process left behind."""
    sweep.everything(at=clock.now())


@app.periodic(cron="* * * * *")
@app.task(name="minute", queue="care", queueing_lock="minute")
@on_fresh_connection
def every_minute(timestamp: int) -> None:
    """What time brings. One of these that fails stops none of the others."""
    for act in (
        snoozing.wake_due,
        deadlines.watch,
        promises.watch,
        cases.watch,
        rules.pass_time,
        surveying.ask_due,
        closing_the_loop.watch,
        watching.look,
        firing.look,
        asking.keep_up,
        documents.catch_up,
        duplicates.gather,
    ):
        sweep.attempt(partial(act, at=clock.now()))
    for fold in (counting.fold, rollups.fold, voices.fold):
        sweep.attempt(fold)


@app.periodic(cron="* * * * * */20")
@app.task(name="fold_visits", queue="care", queueing_lock="fold_visits")
@on_fresh_connection
def fold_visits(timestamp: int) -> None:
    """Visits from events, and then whose they are."""
    folding.fold_all(at=clock.now())
    visitors.follow(at=clock.now())


@app.periodic(cron="* * * * * */20")
@app.task(name="fold_carts", queue="care", queueing_lock="fold_carts")
@on_fresh_connection
def fold_carts(timestamp: int) -> None:
    """Carts and orders from the same events."""
    shopping.carry_all(at=clock.now())


@app.periodic(cron="11 * * * *")
@app.task(name="fill_lake", queue="care", queueing_lock="fill_lake", lock="fill_lake")
@on_fresh_connection
def fill_lake(timestamp: int) -> None:
    """Closed days as Parquet: in the first hour after midnight, or as soon as there is somebody to do it."""
    lake.fill(at=clock.now())


@app.periodic(cron="11 * * * *")
@app.task(name="fetch_shop_files", queue=backfilling.QUEUE, queueing_lock="fetch_shop_files")
@on_fresh_connection
def fetch_shop_files(timestamp: int) -> None:
    asking.fetch_files(at=clock.now())


@app.periodic(cron="*/3 * * * *")
@app.task(name="fetch_questions", queue=backfilling.QUEUE, queueing_lock="fetch_questions")
@on_fresh_connection
def fetch_questions(timestamp: int) -> None:
    """What customers of a marketplace ask, and what became of what they asked."""
    questions.fetch_all(at=clock.now())


@app.periodic(cron="41 * * * *")
@app.task(name="hour", queue="care", queueing_lock="hour")
@on_fresh_connection
def every_hour(timestamp: int) -> None:
    """Remember the head of the audit outside of the database, and forget logins and chat windows that ran out."""
    sweep.attempt(partial(drafting.forget_copies, before=clock.now() - COPIES_KEPT))
    for act in (
        audit.seal,
        sessions.forget_expired,
        tidying.tidy,
        telling.forget_old,
        delivering.forget,
        api_requests.forget,
        documents.look_ahead,
        events.look_ahead,
        tallies.forget_minutes,
        nameless.forget,
        everything.forget,
        assistant.forget,
        sent.forget,
        backfilling.forget,
        understanding.learn_by_day,
    ):
        sweep.attempt(partial(act, at=clock.now()))


@app.periodic(cron="23 3 * * *")
@app.task(name="night", queue="care", queueing_lock="night")
@on_fresh_connection
def every_night(timestamp: int) -> None:
    """Compare yesterday's figures with the conversations they speak of; let nobody stay whom the resolver cannot find."""
    sweep.attempt(partial(checking.check_yesterday, at=clock.now()))
    sweep.attempt(partial(understanding.learn, at=clock.now()))
    for job in ("catch_up", imports.COMPARE):
        sweep.attempt(partial(jobs.queue, job, queue="care", after=0))


@app.periodic(cron="47 3 * * *")
@app.task(name="night_look", queue="care", queueing_lock="night_look")
@on_fresh_connection
def night_look(timestamp: int) -> None:
    """Learn from what people answered, and look at everybody anew."""
    duplicates.nightly(at=clock.now())


@app.periodic(cron="53 3 * * *")
@app.task(name="look_for_themes", queue="care", queueing_lock="look_for_themes", lock="look_for_themes")
@on_fresh_connection
def look_for_themes(timestamp: int) -> None:
    """What several people write about, and whether it jumps."""
    themes.look(at=clock.now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="weekly_letters", queue="care", queueing_lock="weekly_letters", lock="weekly_letters")
@on_fresh_connection
def weekly_letters(timestamp: int) -> None:
    """The week in the customers' words, for whom Monday morning has come."""
    weekly.send_due(at=clock.now())


@app.periodic(cron="17 * * * *")
@app.task(name="tidy", queue="care", queueing_lock="tidy")
async def tidy(timestamp: int) -> None:
    """Forget finished jobs after a day; what they did stands in the rooms' own rows."""
    await app.job_manager.delete_old_jobs(nb_hours=int(timedelta(days=1).total_seconds() // 3600))
