"""Contacts: found, written down, changed, merged; and the addresses by which they are known."""

from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Status
from pydantic import Field

from muhatap.api import contact_shapes, shapes
from muhatap.api.keyed import PROBLEMS, asked, needs
from muhatap.api.once import acts, check_unchanged, etag, once
from muhatap.api.paging import Paged, page
from muhatap.api.problems import Problem, conflict, not_found, wrong
from muhatap.contacts import editing, entering, fields, finding, handles, identity, merging, tagging
from muhatap.contacts.models import Contact, CustomField, Identity
from muhatap.duplicates import reviewing
from muhatap.flow import wire
from muhatap.shared import clock
from muhatap.shared.text import fold

router = Router(tags=["contacts"])
READ = needs("contacts:read", "contacts.read")
EDIT = acts("contacts:write", "contacts.edit")
MERGE = acts("contacts:write", "contacts.merge")
ONE: Any = {200: contact_shapes.Contact} | PROBLEMS
OR_CHANGED: Any = {412: shapes.Problem}


class Wanted(Paged):
    """`q` searches names, addresses, numbers and firms, Turkish letters folded; `email` and `phone` find by exactly one."""

    q: Annotated[shapes.Line, Field(max_length=200)] = ""
    email: Annotated[shapes.Line, Field(max_length=320)] = ""
    phone: Annotated[shapes.Line, Field(max_length=60)] = ""
    tag: Annotated[shapes.Line, Field(max_length=60)] = ""


@router.get("", **READ, response={200: contact_shapes.Contacts} | PROBLEMS, summary="List or search contacts")
def contacts(request: HttpRequest, wanted: Query[Wanted]) -> dict[str, Any]:
    """In the order in which they were written down. Those merged into another are left out."""
    found = finding.matching(finding.Wanted(q=wanted.q), at=clock.now())
    return page(wire.with_all_of_contacts(_narrowed(found, wanted)), wanted, wire.contact)


@router.post("", **EDIT, response={201: contact_shapes.NewContact} | PROBLEMS, summary="Add a contact")
@once
def create(request: HttpRequest, data: contact_shapes.ContactFacts) -> Status[Any]:
    """409 when the address or number is somebody's: the answer points at the field, `detail` names the contact.

    `likely` tells who may be the same person; nothing is merged by itself.
    """
    by, at = asked(request)
    try:
        made = editing.create(facts=_facts(data), by=by, at=at)
    except editing.AlreadyKnown as known:
        detail = _("%(name)s has this already (contact %(id)s).") % {"name": known.contact, "id": known.contact.pk}
        raise Problem(409, "already_known", detail, errors={f"#/{known.field}": detail}) from known
    except (editing.Nobody, fields.BadValues) as error:
        raise _refused(error) from error
    others = [one for one in entering.likely(_facts(data), at=at) if one.contact.pk != made.pk]
    return Status(201, told(made.pk) | {"likely": [wire.likely(one) for one in others]})


@router.get("/{number}", **READ, response=ONE, summary="One contact")
def contact(request: HttpRequest, response: HttpResponse, number: shapes.Number) -> dict[str, Any]:
    """One that was merged answers too, and `merged_into_id` says into whom."""
    found = wire.with_all_of_contacts(Contact.objects.filter(pk=number)).first()
    if found is None:
        raise not_found()
    return _tagged(response, wire.contact(found))


@router.patch("/{number}", **EDIT, response=ONE | OR_CHANGED, summary="Change a contact")
@once
def change(
    request: HttpRequest, response: HttpResponse, number: shapes.Number, data: contact_shapes.ContactFacts
) -> dict[str, Any]:
    """Only what is given changes. With If-Match nothing is done when it was changed after you read it (412)."""
    by, at = asked(request)
    Contact.objects.select_for_update(no_key=True).filter(pk=number).first()
    row = find(number)
    check_unchanged(request, told(number))
    try:
        editing.edit(contact=row, facts=_facts(data), by=by, at=at)
    except fields.BadValues as error:
        raise _refused(error) from error
    return _tagged(response, told(number))


@router.get(
    "/{number}/identities", **READ, response={200: contact_shapes.Identities} | PROBLEMS, summary="List its identities"
)
def identities(request: HttpRequest, number: shapes.Number) -> dict[str, Any]:
    """Those of contacts merged into it are among them."""
    return {"data": [wire.identity(row) for row in identity.of(find(number))]}


@router.post(
    "/{number}/identities", **EDIT, response={201: contact_shapes.Identity} | PROBLEMS, summary="Add an identity"
)
@once
def add_identity(request: HttpRequest, number: shapes.Number, data: contact_shapes.NewIdentity) -> Status[Any]:
    """409 when it is to be verified and is another contact's."""
    by, at = asked(request)
    try:
        row = identity.add(
            contact=find(number), kind=data.kind, value=data.value, is_verified=data.is_verified, by=by, at=at
        )
    except identity.NoIdentity as error:
        said = _("This is no e-mail address, phone number or T.C. identity number. Example: +90 532 123 41 18")
        raise wrong(value=said) from error
    except identity.IdentityTaken as taken:
        said = _("%(name)s has this already (contact %(id)s).") % {"name": taken.contact, "id": taken.contact.pk}
        raise Problem(409, "already_known", said, errors={"#/value": said}) from taken
    return Status(201, wire.identity(row))


@router.delete("/{number}/identities/{identity_id}", **EDIT, response={204: None} | PROBLEMS, summary="Take one off")
@once
def remove_identity(request: HttpRequest, number: shapes.Number, identity_id: shapes.Number) -> Status[None]:
    by, at = asked(request)
    row = {one.pk: one for one in identity.of(find(number))}.get(identity_id)
    if row is None:
        raise not_found()
    identity.remove(identity=row, by=by, at=at)
    return Status(204, None)


@router.post("/{number}/tags", **EDIT, response=ONE, summary="Tag")
@once
def tag(request: HttpRequest, number: shapes.Number, data: shapes.TagName) -> dict[str, Any]:
    """A tag nobody used before is made."""
    by, at = asked(request)
    try:
        tagging.tag(contacts=[find(number).pk], name=data.name, by=by, at=at)
    except tagging.BadTag as error:
        raise wrong(name=_("A tag has at least one letter and at most 60.")) from error
    return told(number)


@router.delete("/{number}/tags/{tag_id}", **EDIT, response=ONE, summary="Take a tag off")
@once
def untag(request: HttpRequest, number: shapes.Number, tag_id: shapes.Number) -> dict[str, Any]:
    by, at = asked(request)
    row = find(number)
    found = row.tags.filter(pk=tag_id).first()
    if found is None:
        raise not_found()
    tagging.untag(contacts=[row.pk], tag=found, by=by, at=at)
    return told(number)


@router.post("/{number}/merge", **MERGE, response={200: contact_shapes.Merged} | PROBLEMS, summary="Merge")
@once
def merge(request: HttpRequest, number: shapes.Number, data: contact_shapes.Drop) -> dict[str, Any]:
    """The other contact becomes part of this one; where that was a question, it is answered. People can take it apart again on
    the contact's page."""
    by, at = asked(request)
    keep, drop = find(number), find(data.drop_id, field="drop_id")
    try:
        merged = reviewing.unite(keep=keep, drop=drop, by=by, at=at, reason=data.reason)
    except merging.CannotMerge as error:
        raise conflict(str(error)) from error
    return {"merge_id": merged.pk, "contact": told(number)}


def find(number: int, *, field: str = "") -> Contact:
    """A standing contact; `field` is the field of the body that named it. Raises Problem."""
    found = Contact.objects.filter(pk=number).first()
    if found is None:
        raise wrong(**{field: _("There is no contact with this number.")}) if field else not_found()
    if found.merged_into_id:
        raise conflict(_("This contact was merged into contact %(id)s.") % {"id": found.standing().pk})
    return found


def known_or_new(request: HttpRequest, data: contact_shapes.ContactFacts) -> Contact:
    """The contact with this verified address or number, else a new one. Raises Problem."""
    by, at = asked(request)
    try:
        return editing.create(facts=_facts(data), by=by, at=at)
    except editing.AlreadyKnown as known:
        return known.contact
    except (editing.Nobody, fields.BadValues) as error:
        raise _refused(error, "contact/") from error


def told(number: int) -> dict[str, Any]:
    return wire.contact(wire.with_all_of_contacts(Contact.objects.all()).get(pk=number))


def _tagged(response: HttpResponse, told: dict[str, Any]) -> dict[str, Any]:
    response.headers["ETag"] = etag(told)
    return told


def _narrowed(found: "QuerySet[Contact]", wanted: Wanted) -> "QuerySet[Contact]":
    for kind, written in (("email", wanted.email), ("phone", wanted.phone)):
        if written:
            handle = handles.read(kind, written)
            rows = Identity.objects.filter(kind=kind, value=handle.value if handle else "").values("contact_id")
            found = found.filter(pk__in=rows)
    if wanted.tag:
        found = found.filter(taggings__tag__folded=fold(wanted.tag))
    return found


def _facts(data: contact_shapes.ContactFacts) -> dict[str, object]:
    """What was given, custom fields beside the others. Raises Problem for a field nobody defined."""
    given = data.model_dump(exclude_unset=True)
    own: dict[str, object] = given.pop("fields", {})
    known = set(CustomField.objects.filter(key__in=list(own), archived_at=None).values_list("key", flat=True))
    if missing := [key for key in own if key not in known]:
        raise wrong(**{f"fields/{key}": _("There is no such field.") for key in missing})
    return own | given


def _refused(error: editing.Nobody | fields.BadValues, prefix: str = "") -> Problem:
    if isinstance(error, fields.BadValues):
        places = {name: name if name in fields.BUILT_IN else f"fields/{name}" for name in error.errors}
        return wrong(**{f"{prefix}{places[name]}": said for name, said in error.errors.items()})
    return wrong(**{f"{prefix}name": _("Give a name, an e-mail address or a phone number.")})
