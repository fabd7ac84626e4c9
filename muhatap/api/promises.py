"""Promises to contacts: listed, made, put off, ended, opened again. The same acts as on the pages; drafts are nobody's to read."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Status

from muhatap.api import named, promise_shapes, shapes
from muhatap.api.keyed import PROBLEMS, asked, needs, user_of
from muhatap.api.once import acts, once
from muhatap.api.paging import Paged, page
from muhatap.api.problems import conflict, not_found, wrong
from muhatap.flow import promises as flow
from muhatap.flow import wire
from muhatap.service import promising
from muhatap.service.models import Promise
from muhatap.service.promises import states
from muhatap.shared import clock

router = Router(tags=["promises"])
READ = needs("promises:read", "promises.read")
MAKE = acts("promises:write", "promises.make")
ONE: Any = {200: promise_shapes.Promise} | PROBLEMS


class Wanted(Paged):
    """`due_before`: due until then."""

    state: promise_shapes.PromiseState | None = None
    contact_id: shapes.Number | None = None
    conversation_id: shapes.Number | None = None
    by_id: shapes.Number | None = None
    due_before: shapes.Moment | None = None


@router.get("", **READ, response={200: promise_shapes.Promises} | PROBLEMS, summary="List promises")
def promises(request: HttpRequest, wanted: Query[Wanted]) -> dict[str, Any]:
    """Those the key's user may read: their own, those of conversations they see, those that stand in none."""
    rows = _said(request)
    if wanted.state:
        rows = rows.filter(states(clock.now())[wanted.state])
    for field in ("contact_id", "conversation_id", "by_id"):
        if value := getattr(wanted, field):
            rows = rows.filter(**{field: value})
    if wanted.due_before:
        rows = rows.filter(due_at__lt=wanted.due_before)
    return page(rows.prefetch_related("endings"), wanted, wire.promise)


@router.get("/{number}", **READ, response=ONE, summary="One promise")
def promise(request: HttpRequest, number: shapes.Number) -> dict[str, Any]:
    return wire.promise(find(request, number))


@router.post("", **MAKE, response={201: promise_shapes.Promise} | PROBLEMS, summary="Make a promise")
@once
def make(request: HttpRequest, data: promise_shapes.NewPromise) -> Status[Any]:
    """Owed from now on by the key's user. Of a conversation it is told there, to colleagues; the customer is told nothing."""
    by, at = asked(request)
    conversation = named.conversation(request, data.conversation_id)
    contact = (
        conversation.contact
        if conversation
        else named.contact(data.contact_id, missing=_("Say to whom: a contact or a conversation."))
    )
    terms = promising.Terms(
        what=data.what,
        due_at=data.due_at,
        time_zone=data.time_zone,
        kind=data.kind,
        expected_minutes=data.expected_minutes,
        expected_cost=data.expected_cost,
        currency=data.currency,
    )
    try:
        made = flow.make(contact=contact, terms=terms, by=by, at=at, conversation=conversation)
    except promising.NothingPromised as error:
        raise wrong(what=_("A promise says what.")) from error
    except promising.NotThen as error:
        raise wrong(due_at=_("This moment is over, or too far away.")) from error
    except ValueError as error:
        raise wrong(time_zone=_("There is no such time zone.")) from error
    return Status(201, wire.promise(made))


@router.post("/{number}/end", **MAKE, response=ONE, summary="Say how it ended")
@once
def end(request: HttpRequest, number: shapes.Number, data: promise_shapes.PromiseEnd) -> Any:
    """Kept, broken or withdrawn; whoever did not keep it says why. Refused (409) when somebody said before how it ended."""
    by, at = asked(request)
    row = find(request, number)
    how: dict[str, int | Decimal | str | datetime | None] = {
        "minutes": data.minutes,
        "cost": data.cost,
        "why": data.why,
        "ended_at": data.ended_at,
    }
    try:
        flow.end(promise=row, outcome=data.outcome, by=by, at=at, **how)
    except promising.NoReason as error:
        raise wrong(why=_("Say why: whoever reads this later will ask.")) from error
    except promising.NotThenEnded as error:
        raise wrong(ended_at=_("It ended neither in the future nor before it was promised.")) from error
    except promising.HasEnded as error:
        raise conflict(_("Somebody said before how it ended.")) from error
    return wire.promise(find(request, number))


@router.post("/{number}/put-off", **MAKE, response=ONE, summary="Put a promise off")
@once
def put_off(request: HttpRequest, number: shapes.Number, data: promise_shapes.PromiseLater) -> Any:
    """Give it another moment; `first_due_at` stays. The customer is told nothing. Refused (409) for one that has ended."""
    by, at = asked(request)
    try:
        flow.put_off(promise=find(request, number), due_at=data.due_at, why=data.why, by=by, at=at)
    except promising.NotThen as error:
        raise wrong(due_at=_("This moment is over, or too far away.")) from error
    except promising.HasEnded as error:
        raise conflict(_("Somebody said before how it ended.")) from error
    return wire.promise(find(request, number))


@router.post("/{number}/reopen", **MAKE, response=ONE, summary="Take back how it ended")
@once
def reopen(request: HttpRequest, number: shapes.Number) -> Any:
    """Refused (409) for one that stands open."""
    by, at = asked(request)
    row = find(request, number)
    if row.ended_at is None:
        raise conflict(_("It stands open."))
    flow.reopen(promise=row, by=by, at=at)
    return wire.promise(find(request, number))


def find(request: HttpRequest, number: int) -> Promise:
    """Raises Problem for what this user may not read."""
    found: Promise | None = _said(request).prefetch_related("endings").filter(pk=number).first()
    if found is None:
        raise not_found()
    return found


def _said(request: HttpRequest) -> Any:
    return flow.visible_to(user_of(request)).exclude(state=Promise.State.DRAFTED)
