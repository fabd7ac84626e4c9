"""The second list of the navigation beside imports: where their contacts are."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from muhatap.accounts.permissions import may
from muhatap.web.common import asking
from muhatap.web.common.display import ViewGroup, ViewLink
from muhatap.web.common.doors import visitor


def groups(request: HttpRequest, here: str) -> tuple[ViewGroup, ...]:
    """`here` is "imports" or "everything"."""
    user = visitor(request)
    links = [
        ViewLink(label=_("Everybody"), url=reverse("contacts:list"), icon="users"),
        *asking.links(user),
        ViewLink(label=_("Companies"), url=reverse("contacts:companies"), icon="building-2"),
    ]
    if may(user, "contacts.import"):
        links.append(
            ViewLink(label=_("Imports"), url=reverse("imports:list"), icon="upload", is_here=here == "imports")
        )
    if may(user, "everything.export"):
        links.append(
            ViewLink(
                label=_("Export everything"),
                url=reverse("imports:everything"),
                icon="archive-restore",
                is_here=here == "everything",
            )
        )
    return (ViewGroup(title=_("Contacts"), links=tuple(links)),)
