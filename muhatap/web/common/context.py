"""What the shell needs on every page: the firm, the reader, where one may go, and how it should look."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from muhatap.web.common import navigation

THEMES = ("light", "dark")


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context processor. Asks the database only for the counts of a logged-in reader, and only where they are shown."""
    user = getattr(request, "user", None)
    is_in = bool(user and user.is_authenticated)
    return {
        "firm": getattr(settings, "FIRM_NAME", "Muhatap"),
        "theme": _theme(request, user),
        "here": _namespace(request),
        "areas": SimpleLazyObject(partial(navigation.links, user, here=_namespace(request))) if is_in and user else (),
        "palette_url": _optional("search:palette"),
        "live_url": getattr(settings, "LIVE_URL", "/live") if is_in else "",
        "language_url": _optional("language") or _optional("set_language"),
        "me_url": _optional("accounts:me"),
        "logout_url": _optional("account_logout"),
    }


def _theme(request: HttpRequest, user: Any) -> str:
    """The cookie is the last choice in this browser; the account's choice goes wherever one logs in."""
    chosen = request.COOKIES.get("theme") or getattr(user, "theme", "")
    return chosen if chosen in THEMES else ""


def _namespace(request: HttpRequest) -> str:
    match = request.resolver_match
    return match.namespaces[0] if match and match.namespaces else ""


def _optional(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
