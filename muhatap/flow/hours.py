"""Jobs that the clock starts. A second one of a name does not queue while the first waits; those that take long run alone."""

from datetime import timedelta
from functools import partial

from procrastinate.contrib.django import app

from muhatap.accounts import api_requests, audit, sessions
from muhatap.assistant import asking as assistant
from muhatap.channels.webchat import tidying
from muhatap.conversations import counting, drafting, snoozing
from muhatap.flow import (
    asking,
    cases,
    closing_the_loop,
    deadlines,
    duplicates,
    lake,
    letting_go,
    listening,
    promises,
    questions,
    rules,
    shopping,
    surveying,
    sweep,
    themes,
    understanding,
    visitors,
    weekly,
)
from muhatap.flow import telling as others
from muhatap.flow.working import at_times
from muhatap.imports import everything
from muhatap.imports import running as imports
from muhatap.insight import checking, rollups, voices
from muhatap.notices import mailing, presence, telling
from muhatap.sales import arriving as sent
from muhatap.sales import backfilling, watching
from muhatap.search import documents
from muhatap.shared import clock, jobs
from muhatap.triggers import firing
from muhatap.visits import folding, nameless, tallies
from muhatap.visits import keeping as events
from muhatap.webhooks import delivering

COPIES_KEPT = timedelta(days=30)  # of drafts that were thrown away or written over


@at_times("* * * * * */10", "tell_others")
def tell_others(timestamp: int) -> None:
    """What staff did to contacts, and the deliveries whose time has come."""
    others.tell_audited(at=clock.now())
    delivering.wake_due(at=clock.now())


@at_times("* * * * * */20", "look_around")
def look_around(timestamp: int) -> None:
    """The sources whose time has come."""
    listening.begin_due(at=clock.now())


@at_times("37 */6 * * *", "recheck_posts", queue=listening.QUEUE, is_alone=True)
def recheck_posts(timestamp: int) -> None:
    """What became of the posts of the last month."""
    listening.recheck_all(at=clock.now())


@at_times("* * * * * */30", "mail_notices", queue="push")
def mail_notices(timestamp: int) -> None:
    """Mail those who have not looked, and forget browser tabs that fell silent."""
    presence.tidy(at=clock.now())
    mailing.mail_unseen(at=clock.now())


@at_times("* * * * * */10", "sweep")
def sweep_up(timestamp: int) -> None:
    """Help along whatever a killed process left behind."""
    sweep.everything(at=clock.now())


@at_times("* * * * *", "minute")
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


@at_times("* * * * * */20", "fold_visits")
def fold_visits(timestamp: int) -> None:
    """Visits from events, and then whose they are."""
    folding.fold_all(at=clock.now())
    visitors.follow(at=clock.now())


@at_times("* * * * * */20", "fold_carts")
def fold_carts(timestamp: int) -> None:
    """Carts and orders from the same events."""
    shopping.carry_all(at=clock.now())


@at_times("11 * * * *", "fill_lake", is_alone=True)
def fill_lake(timestamp: int) -> None:
    """Closed days as Parquet: in the first hour after midnight, or as soon as there is somebody to do it."""
    lake.fill(at=clock.now())


@at_times("11 * * * *", "fetch_shop_files", queue=backfilling.QUEUE)
def fetch_shop_files(timestamp: int) -> None:
    asking.fetch_files(at=clock.now())


@at_times("*/3 * * * *", "fetch_questions", queue=backfilling.QUEUE)
def fetch_questions(timestamp: int) -> None:
    """What customers of a marketplace ask, and what became of what they asked."""
    questions.fetch_all(at=clock.now())


@at_times("41 * * * *", "hour")
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


@at_times("23 3 * * *", "night")
def every_night(timestamp: int) -> None:
    """Compare yesterday's figures with the conversations they speak of; let nobody stay whom the resolver cannot find."""
    sweep.attempt(partial(checking.check_yesterday, at=clock.now()))
    sweep.attempt(partial(understanding.learn, at=clock.now()))
    for job in ("catch_up", imports.COMPARE):
        sweep.attempt(partial(jobs.queue, job, queue="care", after=0))


@at_times("29 1 * * *", "let_go", is_alone=True)  # of UTC: the firm's night, after its days went into the lake
def let_go(timestamp: int) -> None:
    """What has been kept for as long as the firm said."""
    letting_go.everything(at=clock.now())


@at_times("47 3 * * *", "night_look")
def night_look(timestamp: int) -> None:
    """Learn from what people answered, and look at everybody anew."""
    duplicates.nightly(at=clock.now())


@at_times("53 3 * * *", "look_for_themes", is_alone=True)
def look_for_themes(timestamp: int) -> None:
    """What several people write about, and whether it jumps."""
    themes.look(at=clock.now())


@at_times("*/10 * * * *", "weekly_letters", is_alone=True)
def weekly_letters(timestamp: int) -> None:
    """The week in the customers' words, for whom Monday morning has come."""
    weekly.send_due(at=clock.now())


@app.periodic(cron="17 * * * *")
@app.task(name="tidy", queue="care", queueing_lock="tidy")
async def tidy(timestamp: int) -> None:
    """Forget finished jobs after a day; what they did stands in the rooms' own rows."""
    await app.job_manager.delete_old_jobs(nb_hours=int(timedelta(days=1).total_seconds() // 3600))
