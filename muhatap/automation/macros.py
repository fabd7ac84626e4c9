"""Macros: keeping them, running one on a conversation, and taking back what it did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from muhatap.accounts import audit
from muhatap.accounts.models import Team, User
from muhatap.accounts.permissions import may
from muhatap.automation import actions, running, targets
from muhatap.automation.acting import CannotDo, Doing, filled
from muhatap.automation.models import Macro, MacroRun
from muhatap.automation.rules import Problems, Refused
from muhatap.automation.targets import Targets
from muhatap.contacts.models import Tag
from muhatap.conversations import assigning, closing, prioritising, snoozing, tagging
from muhatap.conversations.models import Conversation
from muhatap.shared import richtext
from muhatap.shared.text import fold, without_nul
from muhatap.writing import rendering

Sharing = Macro.Sharing
Status = Conversation.Status


@dataclass(frozen=True, kw_only=True)
class Wording:
    """A macro as somebody wrote it."""

    name: str
    actions: Sequence[Mapping[str, Any]] = ()
    reply: str = ""
    sharing: str = "me"
    team: Team | None = None


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What came of running a macro: its run, and the text for the composer."""

    run: MacroRun
    reply_html: str


@transaction.atomic
def create(*, wording: Wording, by: User, at: datetime) -> Macro:
    """A new macro of somebody's own, or shared. Raises Refused."""
    _check(wording, by)
    macro = Macro.objects.create(**_columns(wording), owner=by, created_at=at)
    audit.record(by=by, at=at, act="macro.create", kind="macro", id=macro.pk, name=macro.name)
    return macro


@transaction.atomic
def revise(*, macro: Macro, wording: Wording, by: User, at: datetime) -> None:
    """Everything the form of a macro says. Raises Refused; then nothing is changed."""
    _check(wording, by)
    for name, value in _columns(wording).items():
        setattr(macro, name, value)
    macro.save(update_fields=[*_columns(wording)])
    audit.record(by=by, at=at, act="macro.change", kind="macro", id=macro.pk, name=macro.name)


@transaction.atomic
def delete(*, macro: Macro, by: User, at: datetime) -> None:
    audit.record(by=by, at=at, act="macro.delete", kind="macro", id=macro.pk, name=macro.name)
    macro.delete()


def open_to(user: User) -> "QuerySet[Macro]":
    """The macros somebody may run: their own, those of their teams, those of everybody."""
    theirs = Q(sharing=Sharing.ALL) | Q(owner=user) | Q(sharing=Sharing.TEAM, team__memberships__user=user)
    return Macro.objects.filter(theirs).distinct()


def may_change(user: User, macro: Macro) -> bool:
    """One's own, and what is shared for those who may share."""
    return macro.owner_id == user.pk or (macro.sharing != Sharing.ME and may(user, "macros.share"))


@transaction.atomic
def run(*, macro: Macro, conversation: Conversation, by: User, at: datetime) -> Ran:
    """Do all that a macro says, in the name of whoever ran it; what it changed is written down."""
    row = (
        Conversation.objects.select_for_update(of=("self",))
        .select_related("inbox", "contact__company")
        .get(pk=conversation.pk)
    )
    before = _standing(row)
    doing = Doing(conversation=row, by=by, at=at)
    done = [running.done(one, doing) for one in macro.actions]
    reply_html = ""
    if macro.reply:
        try:
            reply_html = filled(macro.reply, doing)
        except CannotDo as reason:
            done.append({"action": {"kind": "text"}, "not": reason.code, "detail": reason.detail})
    row.refresh_from_db()
    kept = MacroRun.objects.create(
        macro=macro,
        name=macro.name,
        conversation=row,
        before=before | {"after": _standing(row)},
        done=done,
        by=by,
        at=at,
    )
    audit.record(
        by=by, at=at, act="macro.run", kind="conversation", id=row.pk, name=row.subject, macro=macro.pk,
        macro_name=macro.name,
    )  # fmt: skip
    return Ran(run=kept, reply_html=reply_html)


@transaction.atomic
def undo(*, run: MacroRun, by: User, at: datetime) -> tuple[str, ...] | None:
    """Bring back what still stands as the macro left it: who had it, its state, priority and tags; notes stay, they were read.

    Gives what was kept because somebody changed it since (of KEPT), None when it was undone before.
    """
    if not MacroRun.objects.filter(pk=run.pk, undone_at=None).update(undone_at=at):
        return None
    row = Conversation.objects.select_for_update(of=("self",)).get(pk=run.conversation_id)
    kinds = {one["action"].get("kind") for one in run.done if not one["not"]}
    standing = _standing(row)
    kept = _changed_since(run, standing, kinds)
    if kinds & {"team", "give"} and "team" not in kept:
        team = Team.objects.filter(pk=run.before["team"] or 0).first()
        assigning.hand_to_team(conversation=row, team=team, by=by, at=at)
    if kinds & {"assign", "give"} and "assignee" not in kept:
        assignee = User.objects.filter(pk=run.before["assignee"] or 0, is_active=True).first()
        assigning.assign(conversation=row, to=assignee, by=by, at=at)
    if "priority" in kinds and "priority" not in kept:
        prioritising.prioritise(conversation=row, priority=run.before["priority"], by=by, at=at)
    if kinds & {"resolve", "spam", "snooze"} and "status" not in kept:
        _bring_back(row, run.before["status"], by=by, at=at)
    if not _bring_back_tags(row, set(standing["tags"]), run, by=by, at=at):
        kept = (*kept, "tags")
    audit.record(by=by, at=at, act="macro.undo", kind="conversation", id=row.pk, name=row.subject, macro_name=run.name)
    return kept


KEPT = {
    "team": {"team", "give"},
    "assignee": {"assign", "give"},
    "priority": {"priority"},
    "status": {"resolve", "spam", "snooze"},
}


def _changed_since(run: MacroRun, standing: Mapping[str, Any], kinds: set[str | None]) -> tuple[str, ...]:
    """Of what the macro did, what somebody did otherwise since. A run of before this was written down is taken back whole."""
    left = run.before.get("after") or standing
    return tuple(name for name, by in KEPT.items() if kinds & by and standing[name] != left[name])


def _standing(row: Conversation) -> dict[str, Any]:
    return {
        "assignee": row.assignee_id,
        "team": row.team_id,
        "status": row.status,
        "priority": row.priority,
        "tags": sorted(row.tags.values_list("pk", flat=True)),
    }


def _bring_back(row: Conversation, status: str, *, by: User, at: datetime) -> None:
    if row.status == status:
        return
    if row.is_closed:
        closing.take_back(conversation=row, by=by, at=at)
    if row.status == Status.SNOOZED and status != Status.SNOOZED:
        snoozing.take_back(conversation=row, by=by, at=at)
    if row.status != status and status in (Status.RESOLVED, Status.SPAM):
        act = closing.resolve if status == Status.RESOLVED else closing.mark_spam
        act(conversation=row, by=by, at=at)


def _bring_back_tags(row: Conversation, standing: set[int], run: MacroRun, *, by: User, at: datetime) -> bool:
    """Those that are as the macro left them; False when others stay otherwise than they were before."""
    touched = {fold(" ".join(one["action"]["value"].split())) for one in run.done if _is_of_tags(one)}
    before, left = set(run.before["tags"]), set(run.before.get("after", {}).get("tags", standing))
    is_whole = True
    for tag in Tag.objects.filter(folded__in=touched):
        if (tag.pk in standing) == (tag.pk in left):
            act = tagging.tag if tag.pk in before else tagging.untag
            act(conversation=row, tag=tag, by=by, at=at)
        else:
            is_whole &= (tag.pk in standing) == (tag.pk in before)
    return is_whole


def _is_of_tags(done: Mapping[str, Any]) -> bool:
    return not done["not"] and done["action"].get("kind") in ("tag", "untag")


def problems(macro: Macro, present: Targets) -> Problems:
    """What a macro points at and is gone."""
    return Problems(actions=actions.problems(macro.actions, present, of_macro=True))


def _check(wording: Wording, by: User) -> None:
    fields = _field_problems(wording, by)
    found = Problems(fields=fields, actions=actions.problems(wording.actions, targets.present(), of_macro=True))
    if found:
        raise Refused(found)


def _field_problems(wording: Wording, by: User) -> dict[str, str]:
    found = {}
    if not wording.name.strip():
        found["name"] = "empty"
    elif len(wording.name) > 80:
        found["name"] = "long"
    if wording.sharing not in Sharing.values or (wording.sharing != Sharing.ME and not may(by, "macros.share")):
        found["sharing"] = "choose"
    elif wording.sharing == Sharing.TEAM and wording.team is None:
        found["team"] = "choose"
    if not wording.actions and not wording.reply.strip():
        found["actions"] = "empty"
    if code := _reply_problem(wording.reply):
        found["reply"] = code
    return found


def _reply_problem(text: str) -> str:
    if len(text) > actions.LONGEST:
        return "long"
    try:
        rendering.check(richtext.from_text(text))
    except rendering.Invalid:
        return "template"
    return ""


def _columns(wording: Wording) -> dict[str, Any]:
    return {
        "name": without_nul(wording.name).strip(),
        "actions": [actions.read(one).as_json() for one in wording.actions],
        "reply": without_nul(wording.reply).strip(),
        "sharing": wording.sharing,
        "team": wording.team if wording.sharing == Sharing.TEAM else None,
    }
