"""What was just done, kept in the session from the act to the page that tells it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django_htmx.http import HttpResponseClientRedirect

from muhatap.web.common.display import Toast

_KEY = "contacts_toast"


def later(
    request: HttpRequest, text: str, *, icon: str = "check", undo_url: str = "", undo_label: str = "", seconds: int = 0
) -> None:
    """Say this on the next page of the area."""
    request.session[_KEY] = {
        "text": text,
        "icon": icon,
        "undo_url": undo_url,
        "undo_label": undo_label,
        "seconds": seconds,
    }


def waiting(request: HttpRequest) -> tuple[Toast, ...]:
    """What waits to be said; it is said once."""
    kept: Any = request.session.pop(_KEY, None)
    return (Toast(**kept),) if kept else ()


def go(request: HttpRequest, url: str) -> HttpResponse:
    """To this page, also when htmx asked (an undo in a toast)."""
    return HttpResponseClientRedirect(url) if getattr(request, "htmx", False) else redirect(url)
