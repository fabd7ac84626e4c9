"""A look at the whole base, every night and when somebody asks: one at a time, to be stopped between its steps, begun anew after a crash.

It changes no contact. A process that dies leaves the run as it was; the next worker begins it again, and what was written down
already is found there.
"""

import logging
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError, transaction

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.contacts import comparable
from muhatap.duplicates import bounds, proposing, ranking, reading
from muhatap.duplicates.finding import Likely, Look, Torn
from muhatap.duplicates.models import Run
from muhatap.duplicates.ranking import Talks
from muhatap.matching import batch, tables
from muhatap.matching.duck import Duck
from muhatap.matching.engine import Engine
from muhatap.matching.model import Model
from muhatap.shared import jobs, locks

JOB = "look_for_duplicates"
SCRATCH = "look-"
SHARE = 0.25  # of the machine's memory at most: pages and their database go on beside it
_SOON, _LONGEST = timedelta(seconds=30), timedelta(hours=12)
log = logging.getLogger(__name__)
State, Step = Run.State, Run.Step
_AT_WORK = (State.QUEUED, State.RUNNING)


class NotNow(Exception):
    """A run is at work already, or this one is over."""


class _Stopped(Exception):
    """Somebody stopped it meanwhile."""


@transaction.atomic
def begin(*, by: User | None, at: datetime) -> Run:
    """Look at the whole base; a job does it. Raises NotNow."""
    _give_up(at)
    try:
        with transaction.atomic():
            run = Run.objects.create(by=by, at=at, model=comparable.version())
    except IntegrityError as error:
        raise NotNow from error
    audit.record(by=by, at=at, act="duplicates.run", kind="duplicates_run", id=run.pk)
    jobs.queue(JOB, queue="care", run_id=run.pk)
    return run


def _give_up(at: datetime) -> None:
    """A run nobody works on any more holds no other back."""
    old = Run.objects.filter(state__in=_AT_WORK, at__lt=at - _LONGEST)
    old.update(state=State.FAILED, ended_at=at, problem="it did not come to an end")


@transaction.atomic
def cancel(*, run: Run, by: User, at: datetime) -> None:
    """What was proposed stays; the rest is not begun. Raises NotNow."""
    n = Run.objects.filter(pk=run.pk, state__in=_AT_WORK).update(state=State.CANCELLED, ended_at=at)
    if not n:
        raise NotNow
    audit.record(by=by, at=at, act="duplicates.stop", kind="duplicates_run", id=run.pk)
    run.refresh_from_db()


def newest() -> Run | None:
    return Run.objects.select_related("by").order_by("-at", "-id").first()


def is_at_work(run: Run | None) -> bool:
    return run is not None and run.state in _AT_WORK


def go_on(*, run_id: int, talks: Talks, at: datetime) -> None:
    """Do the run, from its beginning. May run twice; a second worker leaves it to the first."""
    with locks.keeping("duplicates", "run") as is_ours:
        if not Run.objects.filter(pk=run_id, state__in=_AT_WORK).exists():
            return
        if not is_ours:  # one that was stopped is still putting its things away
            jobs.queue(JOB, queue="care", run_at=at + _SOON, run_id=run_id)
            return
        _tidy()
        Run.objects.filter(pk=run_id).update(state=State.RUNNING, began_at=at, counts={}, problem="")
        run = Run.objects.get(pk=run_id)
        try:
            _look(run, talks, at)
        except _Stopped:
            return
        except (OperationalError, InterfaceError):  # the database was away: the job comes again
            raise
        except (
            Exception
        ) as error:  # whatever it is: a run that stays at work for ever would keep all others from beginning
            log.exception("a look at the whole base failed")
            Run.objects.filter(pk=run_id, state__in=_AT_WORK).update(
                state=State.FAILED, ended_at=at, problem=str(error).splitlines()[0][:300] if str(error) else "memory"
            )


def _tidy() -> None:
    """What a killed process left: it holds names and addresses."""
    for left in Path(settings.DATA_DIR).glob(f"{SCRATCH}*"):
        shutil.rmtree(left, ignore_errors=True)


def _look(run: Run, talks: Talks, at: datetime) -> None:
    folder = Path(settings.DATA_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=folder) as scratch:
        engine = Duck(share=SHARE, spill=Path(scratch))
        try:
            _compare(engine, Path(scratch), run)
            model = comparable.model()
            _at(run, Step.GROUPING)
            _propose(Look(engine, model), Path(scratch), run, model, talks, at)
        finally:
            engine.close()


def _compare(engine: Engine, scratch: Path, run: Run) -> None:
    model = comparable.model()
    _at(run, Step.READING)
    n_records = reading.read(engine, scratch)
    _at(run, Step.PAIRING, n_records=n_records)
    engine.settle({name: (model.names.get(name, {}), model.rare.get(name, 0.0)) for name in ("given", "family")})
    reading.settle_shares(engine)
    told = engine.key(tables.usable(tables.RULES, engine.fields))
    n_pairs = engine.pair(batch.chosen_rules(told, n_records))
    _at(run, Step.COMPARING, n_pairs=n_pairs)
    engine.compare()


def _propose(look: Look, scratch: Path, run: Run, model: Model, talks: Talks, at: datetime) -> None:
    denied = bounds.denied()
    opposed = bounds.opposed(look.engine, scratch, look.pairs)
    group, n_refused = look.group(denied | opposed)
    _at(run, Step.PROPOSING)
    counts = {"asked": 0, "new": 0, "refused": n_refused}
    found: Iterator[Likely | Torn] = chain(look.likely(group, denied=denied, opposed=opposed), look.torn())
    for some in proposing.chunks(found):
        counts["new"] += proposing.write(some, run=run, model=model, at=at)
        counts["asked"] += len(some)
        _at(run, Step.PROPOSING, counts=counts)
    counts["gone"] = proposing.withdraw(run=run, denied=bounds.denied(), at=at)
    ranking.refresh(talks=talks, at=at)
    _finish(run, counts, at)


@transaction.atomic
def _finish(run: Run, counts: dict[str, int], at: datetime) -> None:
    _at(run, Step.PROPOSING, counts=counts, state=State.DONE, ended_at=at)
    audit.record(
        by=run.by,
        at=at,
        act="duplicates.done",
        kind="duplicates_run",
        id=run.pk,
        **{name: str(n) for name, n in counts.items()},
    )


def _at(run: Run, step: str, **more: Any) -> None:
    """The run is here now. Raises _Stopped."""
    if not Run.objects.filter(pk=run.pk, state=State.RUNNING).update(step=step, **more):
        raise _Stopped
