"""Listening: each source is asked for news at its own pace; what it says is kept as it is before anybody looks at it.

A source that fails waits longer each time and stops none of the others. A look may run twice: what is kept is kept once.
"""

import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from secrets import token_urlsafe
from typing import Any
from uuid import uuid4

from django.db import transaction

from muhatap.accounts import audit
from muhatap.accounts.models import Team, User
from muhatap.channels import inboxes, registry
from muhatap.channels.contract import Heard, Inbound, Listens, Rechecks, Untranslatable
from muhatap.channels.hook import adapter as hook
from muhatap.channels.listening import looking
from muhatap.channels.listening.asking import NotHeard
from muhatap.channels.listening.models import Source
from muhatap.channels.listening.trouble import Trouble
from muhatap.channels.manual import adapter as manual
from muhatap.channels.mastodon import adapter as mastodon
from muhatap.channels.models import Inbox
from muhatap.channels.notice.adapter import ADAPTER as NOTICES
from muhatap.flow import notices, sweep
from muhatap.interactions import intake, posts
from muhatap.shared import clock, jobs, locks, secrets

log = logging.getLogger(__name__)
LOOK, QUEUE = "look_at_source", "listening"
SEATS = threading.BoundedSemaphore(2)  # of one process: mail, which leaves by the same one, always finds a free thread
NO_SEAT = timedelta(seconds=2)
RECHECKED_FOR = timedelta(days=30)
MOST_RECHECKED = 200  # posts of a source at a time: whose server answers one at a time is not hammered
FEW = 2  # posts may be missing together, whatever part of all that is
SHOWN = 5  # posts of a try


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What a source would have brought: its newest posts as they would stand here, or what went wrong."""

    posts: tuple[Inbound, ...] = ()
    n_found: int = 0
    trouble: Trouble | None = None
    detail: str = ""


def begin_due(*, at: datetime) -> None:
    """Queue a look at each source whose time has come."""
    for inbox_id in looking.take_due(at=at):
        jobs.queue(LOOK, queue=QUEUE, inbox_id=inbox_id)


def look(*, inbox_id: int, at: datetime) -> None:
    """Look at one source now, unless somebody is looking already."""
    if not SEATS.acquire(blocking=False):
        jobs.queue(LOOK, queue=QUEUE, run_at=at + NO_SEAT, inbox_id=inbox_id)
        return
    try:
        with locks.keeping("listening", inbox_id) as is_ours:
            inbox = Inbox.objects.filter(pk=inbox_id, is_enabled=True).first()
            if is_ours and inbox:
                _look(inbox, looking.of(inbox), at=at)
    finally:
        SEATS.release()


def attempt(kind: str, settings: dict[str, Any], *, at: datetime) -> Tried:
    """Look without keeping anything: the newest posts of a source that is being set up."""
    adapter = registry.adapter(kind)
    if kind == NOTICES.kind:
        read = notices.newest(settings)
        return Tried(posts=tuple(read[:SHOWN]), n_found=len(read))
    if not isinstance(adapter, Listens):
        return Tried()
    try:
        found = adapter.look({**settings, "since": ""}, {})
    except NotHeard as error:
        return Tried(trouble=error.trouble, detail=error.detail)
    shown = [inbound for heard in found.heard[-SHOWN * 4 :] if (inbound := _read(kind, heard, at=at))]
    return Tried(posts=tuple(sorted(shown, key=lambda post: post.at, reverse=True)[:SHOWN]), n_found=len(found.heard))


@transaction.atomic
def save(
    *,
    inbox: Inbox,
    name: str,
    team: Team | None,
    agents: Iterable[User],
    is_enabled: bool,
    settings: dict[str, Any],
    by: User,
    at: datetime,
) -> Inbox:
    """Make a source or change it, and look at it from its beginning. Raises inboxes.NameTaken."""
    if inbox.kind == "hook" and not inbox.public_key:
        inbox.public_key = token_urlsafe(24)[:40]
        settings = {**settings, "secret_sealed": secrets.seal(hook.new_secret())}
    told = {"name": name, "team": team, "agents": agents, "is_enabled": is_enabled, "settings": settings}
    saved = inboxes.save(inbox=inbox, address="", by=by, at=at, **told)  # type: ignore[arg-type]
    if isinstance(registry.adapter(saved.kind), Listens):
        looking.begin(inbox=saved, at=at)
    return saved


def introduced(kind: str, settings: dict[str, Any]) -> dict[str, Any]:
    """The settings with what the service itself says of the account; as they are where it says nothing, or does not answer."""
    if kind != "mastodon":
        return settings
    try:
        return {**settings, **mastodon.introduce(settings)}
    except NotHeard:
        return settings  # the first look tells what is wrong


@transaction.atomic
def give_secret(*, inbox: Inbox, secret: str, by: User, at: datetime) -> None:
    """From now on whoever tells us of posts proves by this that they may."""
    inbox = Inbox.objects.select_for_update(of=("self",)).get(pk=inbox.pk)
    inbox.settings = {**inbox.settings, "secret_sealed": secrets.seal(secret)}
    inbox.save(update_fields=["settings"])
    audit.record(by=by, at=at, act="source.secret", kind="inbox", id=inbox.pk, name=inbox.name)


@transaction.atomic
def write_down(*, inbox: Inbox, by: User, at: datetime, **told: Any) -> None:
    """What somebody of the staff heard goes the way of everything that is heard."""
    key = uuid4().hex
    raw = manual.wire(key=key, at=at, by=by.name, **told)
    meta = {"received_at": at.isoformat()}
    intake.accept(inbox=inbox, dedupe_key=key, raw=raw, meta=meta, at=at)
    audit.record(by=by, at=at, act="post.written_down", kind="inbox", id=inbox.pk, name=inbox.name)


def recheck_all(*, at: datetime) -> None:
    """Ask each source that can be asked what became of its posts of the last month; one that fails stops no other."""
    for inbox in Inbox.objects.filter(kind__in=registry.LISTENING, is_enabled=True).order_by("id"):
        adapter = registry.adapter(inbox.kind)
        if isinstance(adapter, Rechecks) and not inbox.setting("is_demo"):
            sweep.attempt(partial(_recheck, inbox, adapter, at=at))


def tell(*, inbox: Inbox, heard: Iterable[Heard], at: datetime) -> int:
    """Keep what was heard, in one transaction with whatever the caller notes of it; how many of it is new."""
    n_new = 0
    for one in heard:
        meta = {**one.meta, "received_at": at.isoformat()}
        n_new += intake.accept(inbox=inbox, dedupe_key=one.key, raw=one.raw, meta=meta, at=at).is_new
    return n_new


def _look(inbox: Inbox, source: Source, *, at: datetime) -> None:
    adapter = registry.adapter(inbox.kind)
    if not isinstance(adapter, Listens) or inbox.setting("is_demo"):
        Source.objects.filter(pk=source.pk).update(next_look_at=None)
        return
    usual = looking.pause(inbox.settings, adapter.every)
    try:
        found = adapter.look({**inbox.settings, "inbox_id": inbox.pk}, looking.mark_of(source))
    except NotHeard as error:
        wrong = {"trouble": error.trouble, "detail": error.detail, "wait": error.wait, "mark": error.mark}
        looking.went_wrong(source=source, usual=usual, at=clock.now(), **wrong)  # type: ignore[arg-type]
        return
    except Exception as error:
        log.exception("source %s", inbox.pk)
        words = f"{type(error).__name__}: {error}"
        looking.went_wrong(source=source, trouble=Trouble.OTHER, detail=words, usual=usual, wait=None, at=clock.now())
        return
    with transaction.atomic():
        n_new = tell(inbox=inbox, heard=found.heard, at=at)
        looking.went_well(source=source, mark=found.mark, n_new=n_new, usual=usual, wait=found.wait, at=clock.now())


def _recheck(inbox: Inbox, adapter: Rechecks, *, at: datetime) -> None:
    """What changed is told at once; what is missing is erased when it is missing a second time, hours later.

    When most of them are missing it is the source that has gone, not its authors.
    """
    known = posts.lately(inbox, since=at - RECHECKED_FOR).values_list("interaction__external_id", flat=True)
    ids = list(known[:MOST_RECHECKED])
    try:
        heard = adapter.recheck({**inbox.settings, "inbox_id": inbox.pk}, ids)
    except NotHeard as error:
        log.warning("source %s was not rechecked: %s", inbox.pk, error)
        return
    missing = {
        one.key: found.external_id for one in heard if (found := _read(inbox.kind, one, at=at)) and found.is_erased
    }
    source = looking.of(inbox)
    with transaction.atomic():
        if FEW < len(missing) > len(ids) / 2:
            gone: set[str] = set()
            _is_away(inbox, source, f"{len(missing)}/{len(ids)}", at=at)
        else:
            gone = looking.missed(source=source, ids=missing.values(), at=at)
        tell(inbox=inbox, heard=[one for one in heard if one.key not in missing or missing[one.key] in gone], at=at)


def _is_away(inbox: Inbox, source: Source, detail: str, *, at: datetime) -> None:
    log.warning("source %s: %s posts are missing; none is erased", inbox.pk, detail)
    adapter = registry.adapter(inbox.kind)
    usual = looking.pause(inbox.settings, adapter.every if isinstance(adapter, Listens) else looking.LONGEST_PAUSE)
    looking.went_wrong(source=source, trouble=Trouble.GONE, detail=detail, usual=usual, wait=None, at=at)


def _read(kind: str, heard: Heard, *, at: datetime) -> Inbound | None:
    try:
        return registry.adapter(kind).translate(heard.raw, {**heard.meta, "received_at": at.isoformat()})
    except Untranslatable:
        return None
