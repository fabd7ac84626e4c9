"""Cases: listed, opened, changed, put to wait, resolved, closed, opened again; and the causes they are given. The same acts as on the pages."""

from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Status

from muhatap.api import case_shapes, named, shapes
from muhatap.api.keyed import PROBLEMS, asked, needs, user_of
from muhatap.api.once import acts, once
from muhatap.api.paging import Paged, page
from muhatap.api.problems import conflict, not_found, wrong
from muhatap.automation.opening import Told
from muhatap.flow import cases as flow
from muhatap.flow import wire
from muhatap.service import cases as service
from muhatap.service import casework
from muhatap.service.models import Case, CaseLink, Cause
from muhatap.service.promising import NoReason, NotThen
from muhatap.shared import clock

router = Router(tags=["cases"])
READ = needs("cases:read", "cases.read")
EDIT = acts("cases:write", "cases.edit")
ONE: Any = {200: case_shapes.Case} | PROBLEMS


class Wanted(Paged):
    """`state` standing: open, waiting or reopened; nobodys: standing, with no owner. `cause_id` with all causes under it."""

    state: case_shapes.CaseFilter | None = None
    kind: case_shapes.CaseKind | None = None
    contact_id: shapes.Number | None = None
    conversation_id: shapes.Number | None = None
    owner_id: shapes.Number | None = None
    team_id: shapes.Number | None = None
    cause_id: shapes.Number | None = None
    opened_since: shapes.Moment | None = None


@router.get("/cases", **READ, response={200: case_shapes.Cases} | PROBLEMS, summary="List cases")
def cases(request: HttpRequest, wanted: Query[Wanted]) -> dict[str, Any]:
    """Those the key's user may read: their own, their teams', those of conversations they see, those that come from none."""
    rows = flow.visible_to(user_of(request))
    if wanted.state:
        rows = rows.filter(casework.states(clock.now())[wanted.state])
    for field in ("kind", "contact_id", "owner_id", "team_id"):
        if value := getattr(wanted, field):
            rows = rows.filter(**{field: value})
    if wanted.conversation_id:
        links = CaseLink.objects.filter(case=OuterRef("pk"), conversation_id=wanted.conversation_id)
        rows = rows.filter(Exists(links))
    if wanted.cause_id:
        cause = Cause.objects.filter(pk=wanted.cause_id).first()
        rows = rows.filter(cause_id__in=casework.under(cause) if cause else [])
    if wanted.opened_since:
        rows = rows.filter(opened_at__gte=wanted.opened_since)
    return page(wire.with_all_of_cases(rows), wanted, wire.case)


@router.get("/cases/{number}", **READ, response=ONE, summary="One case")
def case(request: HttpRequest, number: shapes.Number) -> dict[str, Any]:
    return wire.case(find(request, number))


@router.post("/cases", **EDIT, response={201: case_shapes.Case} | PROBLEMS, summary="Open a case")
@once
def open_one(request: HttpRequest, data: case_shapes.NewCase) -> Status[Any]:
    """Of a contact or in a conversation, which then tells it to colleagues. Without a title it is called after the conversation."""
    by, at = asked(request)
    conversation = named.conversation(request, data.conversation_id)
    whose = (
        conversation.contact
        if conversation
        else named.contact(data.contact_id, missing=_("Say whose: a contact or a conversation."))
    )
    order = named.order(data.order_number, of=whose)
    said = Told(
        title=data.title,
        kind=data.kind,
        cause=named.cause(data.cause_id),
        owner=named.owner(data.owner_id),
        team=named.team(data.team_id),
        due_at=data.due_at,
        order_id=order.pk if order else None,
        product_id=order.only_product_id if order else None,
    )
    try:
        if conversation:
            made = flow.open_from(conversation=conversation, told=said, by=by, at=at, origin=Case.Origin.API)
        else:
            made = flow.open_of(contact=whose, told=said, by=by, at=at, origin=Case.Origin.API)
    except service.NoTitle as error:
        raise wrong(title=_("Say what it is about.")) from error
    except NotThen as error:
        raise wrong(due_at=_("This moment is over, or too far away.")) from error
    return Status(201, told(made.pk))


@router.patch("/cases/{number}", **EDIT, response=ONE, summary="Change a case")
@once
def change(request: HttpRequest, number: shapes.Number, data: case_shapes.CaseChanges) -> Any:
    """Only what is given changes; null takes it off. `former_id`: the former case of the same contact that it repeats."""
    by, at = asked(request)
    case = find(request, number)
    try:
        with transaction.atomic():
            flow.change(case=case, by=by, at=at, **_changed(case, data))
            if "former_id" in data.model_fields_set:
                service.repeat(case=case, former=_former(request, data.former_id), by=by, at=at)
    except service.NoTitle as error:
        raise wrong(title=_("Say what it is about.")) from error
    except NotThen as error:
        raise wrong(due_at=_("This moment is over, or too far away.")) from error
    except service.NotTheirs as error:
        raise wrong(former_id=_("It can repeat only an earlier case of the same customer.")) from error
    return told(number)


@router.post("/cases/{number}/conversations", **EDIT, response=ONE, summary="Say that a conversation is about it, too")
@once
def link(request: HttpRequest, number: shapes.Number, data: case_shapes.OfConversation) -> Any:
    """Of the same contact; linking twice changes nothing."""
    by, at = asked(request)
    case, conversation = find(request, number), named.conversation(request, data.conversation_id)
    if conversation is None or conversation.contact_id != case.contact_id:
        raise wrong(conversation_id=_("This conversation is with somebody else."))
    flow.link(case=case, conversation=conversation, by=by, at=at)
    return told(number)


@router.post("/cases/{number}/wait", **EDIT, response=ONE, summary="Let a case wait")
@once
def wait(request: HttpRequest, number: shapes.Number, data: shapes.Why) -> Any:
    """For the customer, the carrier, a supplier: `why` says for whom. Refused (409) for one that was resolved."""
    by, at = asked(request)
    try:
        with transaction.atomic():
            service.wait(case=find(request, number), why=data.why, by=by, at=at)
    except service.HasEnded as error:
        raise conflict(_("It was resolved before.")) from error
    return told(number)


@router.post("/cases/{number}/go-on", **EDIT, response=ONE, summary="Go on with a case")
@once
def go_on(request: HttpRequest, number: shapes.Number) -> Any:
    """It waits no more. Refused (409) for one that was resolved."""
    by, at = asked(request)
    try:
        with transaction.atomic():
            service.go_on(case=find(request, number), by=by, at=at)
    except service.HasEnded as error:
        raise conflict(_("It was resolved before.")) from error
    return told(number)


@router.post("/cases/{number}/resolve", **EDIT, response=ONE, summary="Say what was done")
@once
def resolve(request: HttpRequest, number: shapes.Number, data: case_shapes.CaseResolution) -> Any:
    """Its conversations tell it to colleagues; `given` is what the customer got with it. Refused (409) when it was resolved before."""
    by, at = asked(request)
    try:
        with transaction.atomic():
            flow.settle(
                case=find(request, number),
                kind=data.kind,
                what=data.what,
                by=by,
                at=at,
                given=data.given.kind if data.given else "",
                amount=data.given.amount if data.given else None,
                currency=data.given.currency if data.given else "TRY",
                note=data.given.note if data.given else "",
            )
    except service.HasEnded as error:
        raise conflict(_("It was resolved before.")) from error
    except NoReason as error:
        raise wrong(what=_("Say what was done.")) from error
    return told(number)


@router.post("/cases/{number}/close", **EDIT, response=ONE, summary="Close a resolved case")
@once
def close(request: HttpRequest, number: shapes.Number) -> Any:
    """Nothing more will come of it. Refused (409) for one that is not resolved, or closed already."""
    by, at = asked(request)
    try:
        with transaction.atomic():
            service.close(case=find(request, number), by=by, at=at)
    except service.NotEnded as error:
        raise conflict(_("Only a resolved case is closed.")) from error
    return told(number)


@router.post("/cases/{number}/reopen", **EDIT, response=ONE, summary="Open a case again")
@once
def reopen(request: HttpRequest, number: shapes.Number, data: shapes.Why) -> Any:
    """It was not over: its resolution is taken back. Refused (409) for one that stands open."""
    by, at = asked(request)
    try:
        with transaction.atomic():
            flow.reopen(case=find(request, number), why=data.why, by=by, at=at)
    except service.NotEnded as error:
        raise conflict(_("It stands open.")) from error
    except NoReason as error:
        raise wrong(why=_("Say why: whoever reads this later will ask.")) from error
    return told(number)


@router.get("/causes", **READ, response={200: case_shapes.Causes} | PROBLEMS, summary="The causes of cases")
def all_causes(request: HttpRequest) -> dict[str, Any]:
    """The company's tree, whole. Archived ones stay on their cases and are given to no new ones."""
    rows = Cause.objects.order_by("parent_id", "position", "pk")
    return {"data": [wire.cause(row) for row in rows]}


def find(request: HttpRequest, number: int) -> Case:
    """Raises Problem for what this user may not read."""
    found: Case | None = wire.with_all_of_cases(flow.visible_to(user_of(request))).filter(pk=number).first()
    if found is None:
        raise not_found()
    return found


def told(number: int) -> dict[str, Any]:
    """As it stands now, also for whoever just gave it out of their own sight."""
    return wire.case(wire.with_all_of_cases(Case.objects.all()).get(pk=number))


def _changed(case: Case, data: case_shapes.CaseChanges) -> dict[str, Any]:
    """The fields that are given, as the act takes them."""
    given = data.model_fields_set
    found: dict[str, Any] = {name: getattr(data, name) for name in ("title", "kind", "due_at") if name in given}
    readers = {"cause": named.cause, "owner": named.owner, "team": named.team}
    found |= {name: read(getattr(data, f"{name}_id")) for name, read in readers.items() if f"{name}_id" in given}
    if "order_number" in given:
        order = named.order(data.order_number, of=case.contact)
        if (order.pk if order else None) != case.order_id:  # a product that was chosen by hand stays with its order
            found |= {"order_id": order.pk if order else None, "product_id": order.only_product_id if order else None}
    return found


def _former(request: HttpRequest, number: int | None) -> Case | None:
    found = flow.visible_to(user_of(request)).filter(pk=number or 0).first()
    if number and found is None:
        raise wrong(former_id=_("It can repeat only an earlier case of the same customer."))
    return found
