"""What the rest points at: tags, inboxes, teams, staff; and who this key acts as."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from muhatap.accounts.models import Team, User
from muhatap.api import conversations, shapes
from muhatap.api.keyed import PROBLEMS, key_of, needs, user_of
from muhatap.api.once import acts, once
from muhatap.api.paging import Paged, page
from muhatap.contacts.models import Tag
from muhatap.conversations.visibility import visible_inboxes

router = Router(tags=["directory"])
READ = needs("directory:read", "conversations.read")


@router.get("/me", **needs("", "account.own"), response={200: shapes.Me} | PROBLEMS, summary="Who this key acts as")
def me(request: HttpRequest) -> dict[str, Any]:
    """Needs no scope: a good first request."""
    key, user = key_of(request), user_of(request)
    return {
        "id": user.pk,
        "name": user.name,
        "email": user.email,
        "role": user.role,
        "visibility": user.visibility,
        "key": key.name,
        "scopes": key.scopes,
        "expires_at": key.expires_at,
    }


@router.get("/tags", **READ, response={200: shapes.Tags} | PROBLEMS, summary="List tags")
def tags(request: HttpRequest, wanted: Query[Paged]) -> dict[str, Any]:
    """Conversations and contacts share them."""
    return page(Tag.objects.all(), wanted, _tag)


@router.post(
    "/tags",
    **acts("directory:write", "contacts.edit"),
    response={201: shapes.Tag} | PROBLEMS,
    summary="Add a tag",
)
@once
def add_tag(request: HttpRequest, data: shapes.TagName) -> Status[Any]:
    """One that is there already, in whatever spelling, is given back."""
    return Status(201, _tag(conversations.named(data.name)))


@router.get("/inboxes", **READ, response={200: shapes.Inboxes} | PROBLEMS, summary="List inboxes")
def inboxes(request: HttpRequest) -> dict[str, Any]:
    """Those the key's user sees."""
    names = ("id", "name", "kind", "address", "team_id", "is_enabled")
    return {"data": list(visible_inboxes(user_of(request)).order_by("id").values(*names))}


@router.get("/teams", **READ, response={200: shapes.Teams} | PROBLEMS, summary="List teams")
def teams(request: HttpRequest) -> dict[str, Any]:
    rows = Team.objects.order_by("id").prefetch_related("members")
    return {
        "data": [
            {"id": row.pk, "name": row.name, "member_ids": sorted(m.pk for m in row.members.all())} for row in rows
        ]
    }


@router.get("/staff", **READ, response={200: shapes.StaffList} | PROBLEMS, summary="List staff")
def staff(request: HttpRequest) -> dict[str, Any]:
    """Whom conversations can be assigned to, and who wrote what."""
    return {"data": list(User.objects.order_by("id").values("id", "name", "email", "role", "is_active"))}


def _tag(row: Tag) -> dict[str, Any]:
    return {"id": row.pk, "name": row.name}
