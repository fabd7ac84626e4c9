"""What the shell needs on every page: the firm, the reader, where one may go, and how it should look."""

import hashlib
from functools import partial
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from muhatap.accounts.models import User
from muhatap.notices import telling
from muhatap.shared import clock
from muhatap.web.common import navigation
from muhatap.web.common.links import if_there

THEMES = ("light", "dark")


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context processor. Asks the database only for the counts of a logged-in reader, and only where they are shown."""
    user = getattr(request, "user", None)
    is_in = bool(user and user.is_authenticated)
    return {
        "firm": getattr(settings, "FIRM_NAME", "Muhatap"),
        "theme": _theme(request, user),
        "here": _namespace(request),
        "areas": SimpleLazyObject(partial(_areas, request, user)) if is_in and user else (),
        "palette_url": if_there("search:palette"),
        "live_url": _live_url() if is_in else "",
        "language_url": if_there("language") or if_there("set_language"),
        "me_url": if_there("accounts:me"),
        "logout_url": if_there("account_logout"),
        "bell": SimpleLazyObject(partial(_bell, request)) if is_in and user else None,
        "team_url": if_there("notices:team") if is_in else "",
        "manifest_url": if_there("notices:manifest"),
    }


def _areas(request: HttpRequest, user: User) -> tuple[navigation.AreaLink, ...]:
    return navigation.links(user, here=_namespace(request), counted=navigation.counted(request))


def _live_url() -> str:
    """With the moment of this drawing: the stream tells what happened between it and its own opening."""
    url = getattr(settings, "LIVE_URL", "/live")
    return f"{url}?since={int(clock.now().timestamp())}" if url else ""


def _bell(request: HttpRequest) -> dict[str, Any]:
    """What is unseen, and the newest the page knows of. `login` names this session without giving it away."""
    user = cast(User, request.user)
    last = telling.newest_id(user)
    n = telling.n_unseen(user) if last else 0
    session = request.session.session_key or ""
    return {
        "url": if_there("notices:list"),
        "is_here": _namespace(request) == "notices",
        "n": n,
        "said": "99+" if n > 99 else str(n or ""),
        "last": last,
        "login": hashlib.sha256(session.encode()).hexdigest()[:12] if session else "",
    }


def _theme(request: HttpRequest, user: Any) -> str:
    """The cookie is the last choice in this browser; the account's choice goes wherever one logs in."""
    chosen = request.COOKIES.get("theme") or getattr(user, "theme", "")
    return chosen if chosen in THEMES else ""


def _namespace(request: HttpRequest) -> str:
    match = request.resolver_match
    return match.namespaces[0] if match and match.namespaces else ""
