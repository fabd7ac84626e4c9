"""The second list of the navigation beside the questions: where their contacts are."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from muhatap.accounts.permissions import may
from muhatap.web.common import asking
from muhatap.web.common.display import ViewGroup, ViewLink
from muhatap.web.common.doors import visitor


def groups(request: HttpRequest) -> tuple[ViewGroup, ...]:
    user = visitor(request)
    links = [
        ViewLink(label=_("Everybody"), url=reverse("contacts:list"), icon="users"),
        *asking.links(user, is_here=True),
        ViewLink(label=_("Companies"), url=reverse("contacts:companies"), icon="building-2"),
    ]
    if may(user, "contacts.import"):
        links.append(ViewLink(label=_("Imports"), url=reverse("imports:list"), icon="upload"))
    return (ViewGroup(title=_("Contacts"), links=tuple(links)),)
