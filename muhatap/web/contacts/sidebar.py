"""The second list of the navigation: everybody, firms, one's own views, the firm's fields."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from muhatap.accounts.permissions import may
from muhatap.contacts import designing, saved_views
from muhatap.contacts.finding import Wanted
from muhatap.contacts.models import CustomField
from muhatap.web.common import asking
from muhatap.web.common.display import ViewGroup, ViewLink
from muhatap.web.common.doors import visitor
from muhatap.web.contacts import filters


def groups(request: HttpRequest, here: str) -> tuple[ViewGroup, ...]:
    """`here` is "all", "companies", "fields", "recognition", "values", "view:<number>" or ""."""
    user = visitor(request)
    standing = [ViewLink(label=_("Everybody"), url=reverse("contacts:list"), icon="users", is_here=here == "all")]
    standing += asking.links(user)
    standing.append(
        ViewLink(
            label=_("Companies"), url=reverse("contacts:companies"), icon="building-2", is_here=here == "companies"
        )
    )
    if may(user, "contacts.import"):
        standing.append(ViewLink(label=_("Imports"), url=reverse("imports:list"), icon="upload"))
    if may(user, "contacts.fields"):
        standing.append(
            ViewLink(
                label=_("Fields"), url=reverse("contacts:fields"), icon="text-cursor-input", is_here=here == "fields"
            )
        )
    if may(user, "contacts.rules"):
        standing += [
            ViewLink(
                label=_("Recognition"),
                url=reverse("contacts:recognition"),
                icon="fingerprint-pattern",
                is_here=here == "recognition",
            ),
            ViewLink(
                label=_("Which value stands"), url=reverse("contacts:values"), icon="scale", is_here=here == "values"
            ),
        ]
    found = [ViewGroup(title=_("Contacts"), links=tuple(standing))]
    views = tuple(_views(request, here))
    if views:
        found.append(ViewGroup(title=_("Views"), links=views))
    return tuple(found)


def _views(request: HttpRequest, here: str) -> list[ViewLink]:
    custom = custom_fields()
    return [
        ViewLink(
            label=view.name,
            url=f"{reverse('contacts:list')}{filters.address(Wanted.of_json(view.query), custom)}&view={view.pk}",
            icon="users-round" if view.is_shared else "list-filter",
            is_here=here == f"view:{view.pk}",
        )
        for view in saved_views.visible_to(visitor(request))[: saved_views.MOST]
    ]


def custom_fields() -> dict[str, CustomField]:
    return {field.key: field for field in designing.active()}
