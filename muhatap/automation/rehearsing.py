"""A dry run: what a rule would have touched in the last days. Conditions are asked as things stand now; nothing is changed.

The newest entries are looked through in parts, each committed, so that it shows how far it is and stops when told.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from muhatap.accounts.models import User
from muhatap.automation import conditions, events
from muhatap.automation.case import Case
from muhatap.automation.events import EVENTS
from muhatap.automation.models import AutomationRule, DryRun, DryRunFind
from muhatap.conversations.models import Message

SPAN = timedelta(days=30)
MOST = 5_000
PART = 250
Kind = Message.Kind
State = DryRun.State


@transaction.atomic
def begin(*, rule: AutomationRule, by: User, at: datetime) -> DryRun:
    """A new dry run of a rule as it is kept; those before it are forgotten."""
    DryRun.objects.filter(rule=rule).delete()
    return DryRun.objects.create(rule=rule, by=by, at=at)


def stop(*, dry_run: DryRun, at: datetime) -> None:
    """Look no further; what was found stays."""
    running = DryRun.objects.filter(pk=dry_run.pk, state__in=[State.WAITING, State.RUNNING])
    running.update(state=State.STOPPED, ended_at=at)


@transaction.atomic
def go_on(*, dry_run_id: int, at: datetime) -> bool:
    """Look through the next part; False when there is none, or when somebody stopped it."""
    run = DryRun.objects.select_for_update(of=("self",)).select_related("rule").filter(pk=dry_run_id).first()
    if run is None or run.state in (State.DONE, State.STOPPED):
        return False
    if run.state == State.WAITING:
        numbers = list(
            _entries(run.rule, since=run.at - SPAN, until=run.at).order_by("-pk").values_list("pk")[: MOST + 1]
        )
        run.n_all, run.is_cut = min(len(numbers), MOST), len(numbers) > MOST
    found = _look(run)
    DryRunFind.objects.bulk_create(found, ignore_conflicts=True)
    run.n_found += len(found)
    is_over = run.n_looked >= run.n_all
    run.state, run.ended_at = (State.DONE, at) if is_over else (State.RUNNING, None)
    run.save()
    return not is_over


def _look(run: DryRun) -> list[DryRunFind]:
    entries = _entries(run.rule, since=run.at - SPAN, until=run.at)
    older = entries.filter(pk__lt=run.before_id) if run.before_id else entries
    related = ("conversation__inbox", "conversation__contact__company", "interaction")
    part = list(older.select_related(*related).order_by("-pk")[: min(PART, run.n_all - run.n_looked)])
    if not part:
        run.n_looked = run.n_all
        return []
    run.n_looked += len(part)
    run.before_id = part[-1].pk
    return [one for one in (_find(run, message) for message in part) if one]


def _find(run: DryRun, message: Message) -> DryRunFind | None:
    if run.rule.event == "opened" and not events.is_first(message):
        return None
    case = Case(message=message, conversation=message.conversation, at=run.at)
    try:
        held = conditions.held(run.rule.matching, run.rule.conditions, case)
    except conditions.Unknown:
        return None
    if held is None:
        return None
    return DryRunFind(dry_run=run, message=message, conversation_id=message.conversation_id, held=held)


def _entries(rule: AutomationRule, *, since: datetime, until: datetime) -> "QuerySet[Message]":
    """The entries a rule would have looked at: recorded lately (a range index), not made by a rule."""
    rows = Message.objects.filter(recorded_at__gte=since, recorded_at__lte=until, conversation__merged_into=None)
    rows = rows.exclude(event_details__has_key="rule")
    event = EVENTS[rule.event]
    if rule.event in ("arrived", "opened"):
        return rows.filter(kind=Kind.INBOUND)
    if not event.is_time:
        return rows.filter(kind=Kind.EVENT, event__in=event.entry)
    return _waited(rows, rule, until=until)


def _waited(rows: "QuerySet[Message]", rule: AutomationRule, *, until: datetime) -> "QuerySet[Message]":
    """Entries after which what ends the waiting did not come in time."""
    line = timedelta(hours=rule.hours or 0)
    later = Message.objects.filter(conversation=OuterRef("conversation"), at__gt=OuterRef("at"))
    in_time = later.filter(at__lte=OuterRef("at") + line)
    ours, theirs = Q(kind=Kind.OUTBOUND, is_automatic=False), Q(kind=Kind.INBOUND, is_automatic=False)
    closed, opened = Q(kind=Kind.EVENT, event__in=["resolved", "spam"]), Q(kind=Kind.EVENT, event="reopened")
    begins, ends = {
        "unanswered": (theirs, ours | closed),
        "silent": (ours, theirs | ours | closed),
        "settled": (Q(kind=Kind.EVENT, event="resolved"), opened | theirs),
    }[rule.event]
    passed = rows.filter(begins, at__lte=until - line)
    return passed.filter(~Exists(in_time.filter(ends)))
