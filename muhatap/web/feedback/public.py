"""What all pages that customers answer on share: their language, their headers, a guard against floods."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from muhatap.feedback import answering
from muhatap.shared.limits import BUCKETS, Limit
from muhatap.web.common.reading import number

HEADERS = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}  # the address is the key
ANSWERS = Limit(burst=30, per_minute=20)  # of one address: a family, or a shop's tablet
TRAP = "website"  # a field that nobody sees, and programs fill in


def language(request: HttpRequest, usual: str) -> str:
    """What was chosen on the page, else the usual one."""
    chosen = request.GET.get("lang", "")
    return chosen if chosen in dict(settings.LANGUAGES) else usual


def spoken(request: HttpRequest) -> str:
    """The language of the browser or its cookie, for somebody we do not know."""
    found = translation.get_language_from_request(request)[:2]
    return found if found in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE[:2]


def step(request: HttpRequest) -> int:
    return number(request.GET.get("step")) or 1


def asked(**pairs: object) -> str:
    """The end of an address; what is empty is left out."""
    kept = urlencode({name: value for name, value in pairs.items() if value})
    return f"?{kept}" if kept else ""


def is_flood(request: HttpRequest) -> bool:
    return bool(BUCKETS.take("survey answers", str(request.META.get("REMOTE_ADDR", "")), ANSWERS))


def flooded(request: HttpRequest) -> HttpResponse:
    response = shown(request, "feedback/flood.html", {}, status=HTTPStatus.TOO_MANY_REQUESTS)
    response.headers["Retry-After"] = "60"
    return response


def sent(request: HttpRequest, take: Callable[[], HttpResponse]) -> HttpResponse:
    """What is said to a form that was sent; to one that is too large to be read, too, and in the language of its page."""
    try:
        return take()
    except RequestDataTooBig:
        return shown(request, "feedback/too_large.html", {}, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def closed(request: HttpRequest, why: answering.Closed) -> HttpResponse:
    """Nothing is taken any more: enough have answered, the survey is over, or the days of this answer are."""
    if isinstance(why, answering.Full):
        return shown(request, "feedback/full.html", {}, status=HTTPStatus.GONE)
    is_off = isinstance(why, answering.Off)
    return shown(request, "feedback/closed.html", {"is_off": is_off}, status=HTTPStatus.GONE)


def unknown(request: HttpRequest) -> HttpResponse:
    """To an address that opens nothing, and so tells no language: the browser's."""
    with translation.override(language(request, spoken(request))):
        return shown(request, "feedback/unknown.html", {}, status=HTTPStatus.NOT_FOUND)


def shown(request: HttpRequest, template: str, page: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A page in both languages, kept by nobody and told to nobody."""
    here = translation.get_language() or "tr"
    others = [
        (name, code, asked(step=request.GET.get("step"), lang=code))
        for code, name in (("tr", "Türkçe"), ("en", "English"))
        if code != here[:2]
    ]
    response = render(request, template, {"title": _("Your answer"), "languages": others} | page, status=status)
    for name, value in HEADERS.items():
        response.headers[name] = value
    response.headers["Content-Language"] = here
    return response
