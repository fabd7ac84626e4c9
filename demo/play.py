"""Plays the demo shop into the database: all of it or nothing, and once."""

import tomllib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction

from demo import (
    automation,
    browsing,
    complaints,
    days,
    doubles,
    forum,
    owed,
    promises,
    selling,
    shop,
    surveys,
    visitors,
    writing,
)
from demo.acts import VERBS, Stage
from muhatap.conversations import counting
from muhatap.flow import measuring
from muhatap.interactions.models import RawItem
from muhatap.search import documents
from muhatap.shared import locks
from muhatap.shared.words import gettext as _

STORY = Path(__file__).parent / "story.toml"
LOGINS = ("zeynep", "deniz")
Happening = tuple[datetime, Callable[[Stage], None]]


@dataclass(frozen=True)
class Played:
    """Whether the shop is new in this database, and how many raw things came in."""

    is_new: bool
    n_items: int


def play(*, at: datetime, report: Callable[[str], object] = print) -> Played:
    """Play the shop so that its story ends at `at`, and report two logins. Where it was played before, nothing changes."""
    with transaction.atomic():
        locks.hold("demo")
        is_new = not shop.stands()
        if is_new:
            stage = Stage(shop.build(at=days.moment("-30d 09:00", at)), at)
            promises.make(by=stage.shop.staff["selin"], at=days.moment("-30d 09:00", at))
            automation.make(by=stage.shop.staff["can"], at=days.moment("-30d 09:00", at))
            writing.make(by=stage.shop.staff["can"], at=days.moment("-30d 09:00", at))
            followed = ruled = 0
            for moment, happen in happenings(at):
                happen(stage)
                followed = promises.follow(after=followed, at=moment)
                ruled = automation.follow(after=ruled, at=moment)
            doubles.bring(at=days.moment("-2d 10:00", at))
            writing.finish(stage, by=stage.shop.staff["zeynep"], at=at)
            automation.finish(by=stage.shop.staff["can"], at=at)
            browsing.browse(site=stage.shop.site, at=at)
            selling.sell(stage_shop=stage.shop, at=at)
            owed.promise(stage.shop, at=at)
            forum.listen(stage.shop, at=at)
            surveys.ask(stage.shop, at=at)
            complaints.complain(stage.shop, at=at)
            counting.fold()
            documents.rebuild(at=at)
            deque(measuring.rebuild(at=at), maxlen=0)
    played = Played(is_new=is_new, n_items=RawItem.objects.filter(inbox__settings__is_demo=True).count())
    _tell(played, report)
    return played


def happenings(now: datetime) -> list[Happening]:
    """Everything of the story in its order: what is in story.toml, and the visitors' requests between."""
    told: list[Happening] = []
    for step in tomllib.loads(STORY.read_text(encoding="utf-8"))["moment"]:
        at = days.moment(step["at"], now)
        told.append((at, partial(_act, step=step, at=at)))
    for written, visitor, request in visitors.requests():
        at = days.moment(written, now)
        told.append((at, partial(_ask, visitor=visitor, request=request, at=at)))
    return sorted(told, key=lambda happening: happening[0])


def _act(stage: Stage, *, step: dict[str, Any], at: datetime) -> None:
    verb = next(name for name in step if name in VERBS)
    VERBS[verb](stage, step, at)


def _ask(stage: Stage, *, visitor: str, request: dict[str, Any], at: datetime) -> None:
    stage.sessions[visitor] = visitors.ask(request, stage.sessions.get(visitor), stage.shop, at=at)


def _tell(played: Played, report: Callable[[str], object]) -> None:
    if played.is_new:
        report(_("The demo shop is played: %(n)d mails and messages came in.") % {"n": played.n_items})
    else:
        report(_("The demo shop was played here before; nothing was added."))
    logins = " · ".join(f"{login}@{shop.DOMAIN}" for login in LOGINS)
    report(_("Log in as %(logins)s with the password %(password)s") % {"logins": logins, "password": shop.PASSWORD})
