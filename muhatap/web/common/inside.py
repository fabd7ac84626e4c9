"""Parts that other areas draw, put into a page by the page itself: three parts beside a conversation were three requests more.

The address stays the seam between areas: what stands here is what the browser would have been told there, with the rights of the
same reader. A part that fails takes nothing with it; the browser asks for it by itself.
"""

import copy
import logging

from django.db import connection
from django.http import HttpRequest, QueryDict
from django.middleware.csrf import get_token
from django.urls import resolve
from django.utils.safestring import SafeString, mark_safe

log = logging.getLogger(__name__)
NOTHING = mark_safe("")


def inside(request: HttpRequest, url: str) -> SafeString:
    """What a GET of one of our own addresses answers; nothing where it does not answer well."""
    asked = _asked(request, url)
    try:
        match = resolve(asked.path_info)
        asked.resolver_match = match
        answer = match.func(asked, *match.args, **match.kwargs)
    except Exception:
        if not connection.is_usable():
            raise
        log.exception("%s could not be drawn inside of a page", url)
        return NOTHING
    return mark_safe(answer.content.decode()) if answer.status_code == 200 else NOTHING  # noqa: S308 (our own page)


def _asked(request: HttpRequest, url: str) -> HttpRequest:
    path, _mark, query = url.partition("?")
    get_token(request)  # the part's forms are sent with the cookie that the page sets
    asked = copy.copy(request)
    asked.method, asked.path, asked.path_info = "GET", path, path
    asked.META = {**request.META, "REQUEST_METHOD": "GET", "QUERY_STRING": query}
    asked.__dict__["GET"] = QueryDict(query)
    return asked
