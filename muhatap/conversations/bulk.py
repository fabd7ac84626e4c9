"""One act on many conversations: asked at once, done a few at a time, stopped, and taken back; a row says who, what and what stood before.

Each conversation has a row of its own (BulkItem), so that a job that runs twice does nothing twice and a stop leaves
no doubt about what was done. Only what the asker sees is touched, asked again when its turn comes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count

from muhatap.accounts import audit
from muhatap.accounts.models import Team, User
from muhatap.contacts.models import Tag
from muhatap.conversations.bulk_acts import DOING, UNDOING, Left
from muhatap.conversations.models import BulkAct, BulkItem, Conversation
from muhatap.conversations.visibility import visible_to
from muhatap.shared import jobs

MOST = 10_000
AT_ONCE = 50  # so many are done while the asker waits; more are done by a job
BATCH = 25
JOB = "bulk"
State = BulkAct.State


class BadAct(ValueError):
    """`code` says what is wrong: nothing, unknown, gone, not_one_contact, not_future."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotYours(Exception):
    """Only who asked may stop or take back, and only once."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of it: how many of how many, and why the others were left."""

    n_total: int
    n_done: int
    n_changed: int
    left: dict[str, int]
    n_back: int = 0


@transaction.atomic
def ask(*, act: str, value: dict[str, Any], conversation_ids: Sequence[int], by: User, at: datetime) -> BulkAct:
    """Note down an act on many; few are done at once, many by a job. Raises BadAct."""
    seen = visible_to(by).filter(pk__in=set(list(conversation_ids)[:MOST]))
    chosen = list(seen.order_by("-last_message_at", "-pk").values_list("pk", flat=True))
    if not chosen:
        raise BadAct("nothing")
    _check(act, value, chosen, at=at)
    bulk = BulkAct.objects.create(act=act, value=value, by=by, at=at, n_total=len(chosen))
    BulkItem.objects.bulk_create([BulkItem(bulk=bulk, conversation_id=pk) for pk in chosen], batch_size=1000)
    audit.record(by=by, at=at, act="conversations.bulk", kind="bulk act", id=bulk.pk, name=act, n=len(chosen), **value)
    if len(chosen) <= AT_ONCE:
        run(bulk_id=bulk.pk, at=at)
        bulk.refresh_from_db()
    else:
        jobs.queue(JOB, queue="care", bulk_id=bulk.pk)
    return bulk


def run(*, bulk_id: int, at: datetime) -> None:
    """Do what is left to do, a batch at a time, until it is over or somebody stopped it."""
    while _batch(bulk_id, at=at):
        pass


@transaction.atomic
def stop(*, bulk: BulkAct, by: User, at: datetime) -> None:
    """What was done stays done; the rest is not begun. Raises NotYours."""
    if bulk.by_id != by.pk:
        raise NotYours(bulk)
    BulkAct.objects.filter(pk=bulk.pk, state=State.RUNNING).update(state=State.CANCELLED, ended_at=at)


@transaction.atomic
def undo(*, bulk: BulkAct, by: User, at: datetime) -> BulkAct:
    """Take back what this act changed, where nobody changed it since. Raises NotYours."""
    held = BulkAct.objects.select_for_update().get(pk=bulk.pk)
    if held.by_id != by.pk or held.state not in (State.DONE, State.CANCELLED):
        raise NotYours(bulk)
    held.state = State.UNDOING
    held.save(update_fields=["state"])
    audit.record(by=by, at=at, act="conversations.bulk_undo", kind="bulk act", id=held.pk, name=held.act)
    if held.items.filter(outcome="changed").count() <= AT_ONCE:
        run(bulk_id=held.pk, at=at)
        held.refresh_from_db()
    else:
        jobs.queue(JOB, queue="care", bulk_id=held.pk)
    return held


def outcome(bulk: BulkAct) -> Outcome:
    """How far it is, or what came of it."""
    by_outcome = dict(bulk.items.values_list("outcome").annotate(n=Count("pk")))
    left = dict(bulk.items.exclude(left="").values_list("left").annotate(n=Count("pk")))
    n_changed = sum(by_outcome.get(one, 0) for one in ("changed", "back", "kept"))
    return Outcome(
        n_total=bulk.n_total,
        n_done=bulk.n_total - by_outcome.get("", 0),
        n_changed=n_changed,
        left=left,
        n_back=by_outcome.get("back", 0),
    )


@transaction.atomic
def _batch(bulk_id: int, *, at: datetime) -> bool:
    """Do one batch; False when there is nothing left to do. The lock keeps two jobs from doing the same."""
    bulk = BulkAct.objects.select_for_update(of=("self",)).select_related("by").get(pk=bulk_id)
    turns = {State.RUNNING: ("", _do), State.UNDOING: ("changed", _put_back)}
    if bulk.state not in turns:
        return False
    waiting, turn = turns[State(bulk.state)]
    items = list(bulk.items.filter(outcome=waiting).select_related("conversation").order_by("pk")[:BATCH])
    for item in items:
        turn(bulk, item, at=at)
    BulkItem.objects.bulk_update(items, ["outcome", "left", "before"])
    if len(items) < BATCH:
        _end(bulk, at=at)
        return False
    return True


def _end(bulk: BulkAct, *, at: datetime) -> None:
    if bulk.state == State.UNDOING:
        bulk.state, bulk.undone_at = State.UNDONE, at
    else:
        bulk.state, bulk.ended_at = State.DONE, at
    bulk.save(update_fields=["state", "ended_at", "undone_at"])


def _do(bulk: BulkAct, item: BulkItem, *, at: datetime) -> None:
    conversation = visible_to(bulk.by).select_related("inbox", "contact").filter(pk=item.conversation_id).first()
    try:
        if conversation is None:
            raise Left("not_seen")
        with transaction.atomic():
            item.before = DOING[bulk.act](conversation, bulk, at)
        item.outcome = "changed"
    except Left as why:
        item.outcome, item.left = "left", str(why)


def _put_back(bulk: BulkAct, item: BulkItem, *, at: datetime) -> None:
    conversation = Conversation.objects.select_related("inbox", "contact").get(pk=item.conversation_id)
    try:
        with transaction.atomic():
            UNDOING[bulk.act](conversation, bulk, item.before, at)
        item.outcome = "back"
    except Left:
        item.outcome = "kept"


def _check(act: str, value: dict[str, Any], chosen: list[int], *, at: datetime) -> None:
    """Refuse at once what could be done to none of them. Raises BadAct."""
    if act not in DOING:
        raise BadAct("unknown")
    tables: dict[str, tuple[str, Any]] = {
        "assign": ("user", User.objects.filter(is_active=True)),
        "team": ("team", Team.objects.all()),
        "tag": ("tag", Tag.objects.all()),
        "untag": ("tag", Tag.objects.all()),
    }
    if act in tables:
        name, rows = tables[act]
        is_nobody = act in ("assign", "team") and value.get(name) is None
        if not is_nobody and not rows.filter(pk=value.get(name)).exists():
            raise BadAct("gone")
    if act == "priority" and value.get("priority") not in Conversation.Priority.values:
        raise BadAct("unknown")
    if act == "snooze" and datetime.fromisoformat(value["until"]) <= at:
        raise BadAct("not_future")
    if act == "merge":
        pairs = set(Conversation.objects.filter(pk__in=chosen).values_list("contact_id", "inbox_id"))
        if len(chosen) < 2 or len(pairs) != 1:
            raise BadAct("not_one_contact")
