"""Conversations: found, begun, changed. Each endpoint reads its input, makes one call of the same acts as the pages, shows the result."""

from datetime import datetime
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Status
from pydantic import Field

from muhatap.accounts.models import Team, User
from muhatap.api import answers, contacts, conversation_shapes, shapes
from muhatap.api.keyed import PROBLEMS, asked, check_permission, check_scope, needs, user_of
from muhatap.api.once import acts, check_unchanged, etag, once
from muhatap.api.paging import Paged, page
from muhatap.api.problems import conflict, not_found, wrong
from muhatap.contacts import tagging as naming
from muhatap.contacts.models import Contact, Tag
from muhatap.conversations import assigning, closing, prioritising, renaming, snoozing, tagging
from muhatap.conversations.models import Conversation, Message
from muhatap.conversations.visibility import visible_inboxes, visible_to
from muhatap.flow import reply, wire
from muhatap.shared.text import fold

router = Router(tags=["conversations"])
READ = needs("conversations:read", "conversations.read")
ORGANISE = acts("conversations:write", "conversations.organise")
ASSIGN = acts("conversations:write", "conversations.assign")
REPLY = acts("conversations:write", "conversations.reply")
ONE: Any = {200: conversation_shapes.Conversation} | PROBLEMS
OPEN_AGAIN = "open"
PRIORITIES = {name: number for number, name in wire.PRIORITIES.items()}


class Wanted(Paged):
    """`updated_since`: something was written or done in it since then."""

    status: conversation_shapes.StatusName | None = None
    inbox_id: shapes.Number | None = None
    team_id: shapes.Number | None = None
    assignee_id: shapes.Number | None = None
    unassigned: bool = False
    contact_id: shapes.Number | None = None
    tag: Annotated[shapes.Line, Field(max_length=60)] = ""
    updated_since: shapes.Moment | None = None


@router.get("", **READ, response={200: conversation_shapes.Conversations} | PROBLEMS, summary="List conversations")
def conversations(request: HttpRequest, wanted: Query[Wanted]) -> dict[str, Any]:
    """Those the key's user sees, in the order in which they began."""
    found = _matching(visible_to(user_of(request)), wanted)
    return page(wire.with_all_of_conversations(found), wanted, wire.conversation)


@router.post(
    "", **REPLY, response={201: conversation_shapes.Conversation} | PROBLEMS, summary="Begin a conversation by e-mail"
)
@once
def begin(request: HttpRequest, data: conversation_shapes.NewConversation) -> Status[Any]:
    """The mail goes out ten seconds later; until then it can be taken back in the inbox."""
    by, at = asked(request)
    inbox = visible_inboxes(by).filter(kind="email", is_enabled=True, pk=data.inbox_id).first()
    if inbox is None:
        raise wrong(inbox_id=_("There is no e-mail inbox with this number that this key shows."))
    contact = _contact(request, data)
    answer = answers.read(request, data, contact)
    message = answers.sent(
        lambda: reply.begin(inbox=inbox, contact=contact, subject=data.subject, answer=answer, by=by, at=at)
    )
    return Status(201, told(message.conversation_id))


@router.get("/{number}", **READ, response=ONE, summary="One conversation")
def conversation(request: HttpRequest, response: HttpResponse, number: shapes.Number) -> dict[str, Any]:
    """Its ETag goes into If-Match when you change it."""
    return tagged(response, told(find(request, number).pk))


@router.patch("/{number}", **ORGANISE, response=ONE | {412: shapes.Problem}, summary="Change a conversation")
@once
def change(
    request: HttpRequest, response: HttpResponse, number: shapes.Number, data: conversation_shapes.Changes
) -> dict[str, Any]:
    """With If-Match nothing is done when it was changed after you read it (412)."""
    by, at = asked(request)
    row = find(request, number, is_locked=True)
    check_unchanged(request, told(number))
    given = data.model_fields_set
    if {"assignee_id", "team_id"} & given:
        check_permission(by, "conversations.assign")
        _assign(row, data, given, by=by, at=at)
    if data.subject:
        renaming.rename(conversation=row, subject=data.subject, by=by, at=at)
    if data.priority:
        prioritising.prioritise(conversation=row, priority=PRIORITIES[data.priority], by=by, at=at)
    if data.status:
        _become(row, data.status, by=by, at=at)
    return tagged(response, told(number))


@router.post("/{number}/resolve", **ORGANISE, response=ONE, summary="Resolve")
@once
def resolve(request: HttpRequest, number: shapes.Number) -> dict[str, Any]:
    """Resolving twice changes nothing."""
    by, at = asked(request)
    _become(find(request, number, is_locked=True), "resolved", by=by, at=at)
    return told(number)


@router.post("/{number}/reopen", **ORGANISE, response=ONE, summary="Open again")
@once
def reopen(request: HttpRequest, number: shapes.Number) -> dict[str, Any]:
    """Also wakes one that is snoozed."""
    by, at = asked(request)
    _become(find(request, number, is_locked=True), OPEN_AGAIN, by=by, at=at)
    return told(number)


@router.post("/{number}/snooze", **ORGANISE, response=ONE, summary="Snooze until a moment")
@once
def snooze(request: HttpRequest, number: shapes.Number, data: conversation_shapes.Sleep) -> dict[str, Any]:
    """It wakes then, or as soon as the customer writes."""
    by, at = asked(request)
    row = find(request, number, is_locked=True)
    try:
        snoozing.snooze(conversation=row, until=data.until, by=by, at=at)
    except snoozing.NotInFuture as error:
        raise wrong(until=_("This moment has passed.")) from error
    except snoozing.NotOpen as error:
        raise conflict(_("It is resolved or spam. Open it again first.")) from error
    return told(number)


@router.post("/{number}/assign", **ASSIGN, response=ONE, summary="Assign")
@once
def assign(request: HttpRequest, number: shapes.Number, data: conversation_shapes.Assignment) -> dict[str, Any]:
    """Only what is given changes; null is nobody, or no team."""
    by, at = asked(request)
    _assign(find(request, number, is_locked=True), data, data.model_fields_set, by=by, at=at)
    return told(number)


@router.post("/{number}/tags", **ORGANISE, response=ONE, summary="Tag")
@once
def tag(request: HttpRequest, number: shapes.Number, data: shapes.TagName) -> dict[str, Any]:
    """A tag nobody used before is made."""
    by, at = asked(request)
    row = find(request, number)
    tagging.tag(conversation=row, tag=named(data.name), by=by, at=at)
    return told(number)


@router.delete("/{number}/tags/{tag_id}", **ORGANISE, response=ONE, summary="Take a tag off")
@once
def untag(request: HttpRequest, number: shapes.Number, tag_id: shapes.Number) -> dict[str, Any]:
    by, at = asked(request)
    row = find(request, number)
    found = row.tags.filter(pk=tag_id).first()
    if found is None:
        raise not_found()
    tagging.untag(conversation=row, tag=found, by=by, at=at)
    return told(number)


def find(request: HttpRequest, number: int, *, is_locked: bool = False) -> Conversation:
    """A conversation this key shows, and locked until the act is done. Raises Problem."""
    if is_locked:
        Conversation.objects.select_for_update().filter(pk=number).first()
    found = visible_to(user_of(request)).select_related("inbox", "contact").filter(pk=number).first()
    if found is None:
        raise not_found()
    return found


def told(number: int) -> dict[str, Any]:
    """As it stands now, also for whoever just gave it out of their own sight."""
    return wire.conversation(wire.with_all_of_conversations(Conversation.objects.all()).get(pk=number))


def tagged(response: HttpResponse, told: dict[str, Any]) -> dict[str, Any]:
    response.headers["ETag"] = etag(told)
    return told


def named(name: str) -> Tag:
    """Raises Problem."""
    try:
        return naming.named(name)
    except naming.BadTag as error:
        raise wrong(name=_("A tag has at least one letter and at most 60.")) from error


def _matching(found: "QuerySet[Conversation]", wanted: Wanted) -> "QuerySet[Conversation]":
    names = ("status", "inbox_id", "team_id", "assignee_id", "contact_id")
    found = found.filter(**{name: value for name in names if (value := getattr(wanted, name)) is not None})
    if wanted.unassigned:
        found = found.filter(assignee=None)
    if wanted.tag:
        found = found.filter(taggings__tag__folded=fold(wanted.tag))
    if wanted.updated_since:
        changed = Message.objects.filter(recorded_at__gte=wanted.updated_since).values("conversation_id")
        found = found.filter(pk__in=changed)
    return found


def _contact(request: HttpRequest, data: conversation_shapes.NewConversation) -> Contact:
    if (data.contact_id is None) == (data.contact is None):
        raise wrong(contact_id=_("Give either contact_id or contact."))
    if data.contact is None:
        check_scope(request, "contacts:read")
        return contacts.find(data.contact_id or 0, field="contact_id")
    check_scope(request, "contacts:write")
    check_permission(user_of(request), "contacts.edit")
    return contacts.known_or_new(request, data.contact)


def _assign(
    row: Conversation,
    data: conversation_shapes.Changes | conversation_shapes.Assignment,
    given: set[str],
    *,
    by: User,
    at: datetime,
) -> None:
    if "team_id" in given:
        team = Team.objects.filter(pk=data.team_id).first() if data.team_id else None
        if data.team_id and team is None:
            raise wrong(team_id=_("There is no team with this number."))
        assigning.hand_to_team(conversation=row, team=team, by=by, at=at)
    if "assignee_id" in given:
        to = User.objects.filter(pk=data.assignee_id, is_active=True).first() if data.assignee_id else None
        if data.assignee_id and to is None:
            raise wrong(assignee_id=_("There is nobody with this number who may log in."))
        assigning.assign(conversation=row, to=to, by=by, at=at)


def _become(row: Conversation, status: str, *, by: User, at: datetime) -> None:
    if status == "resolved":
        closing.resolve(conversation=row, by=by, at=at)
    elif status == "spam":
        closing.mark_spam(conversation=row, by=by, at=at)
    elif row.status == Conversation.Status.SNOOZED:
        snoozing.wake(conversation=row, at=at)
    else:
        closing.reopen(conversation=row, by=by, at=at)
