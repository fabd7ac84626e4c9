"""What all addresses under /chat/v1/ share: language, other sites' browsers (CORS), size of bodies, and errors as JSON."""

import math
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from muhatap.channels.models import Inbox
from muhatap.channels.webchat.widget import is_allowed, settings_of
from muhatap.shared.limits import BUCKETS, Limit

PREFIX = "/chat/v1/"
LARGEST_JSON = 64 * 1024
PREFLIGHT_HOLDS = 7200  # seconds; browsers cut it to two hours anyway
ADMITTED = "muhatap.admitted_origin"


class Problem(Exception):
    """Something is wrong with the request; told to the visitor in their language. `fields` names what to mend."""

    def __init__(
        self, status: HTTPStatus, code: str, message: str, *, fields: dict[str, str] | None = None, wait: float = 0
    ):
        super().__init__(message)
        self.status, self.code, self.message, self.fields, self.wait = status, code, message, fields or {}, wait

    def response(self) -> HttpResponse:
        answer = problem(self.status, self.code, self.message, self.fields)
        if self.wait:
            answer.headers["Retry-After"] = str(math.ceil(self.wait))
        return answer


def problem(status: int, code: str, message: str, fields: dict[str, str] | None = None) -> HttpResponse:
    error: dict[str, Any] = {"code": code, "message": message, "fields": fields or {}}
    return JsonResponse({"error": error}, status=status, json_dumps_params={"ensure_ascii": False})


def admit(request: HttpRequest, inbox: Inbox) -> None:
    """Let a page of the firm's own sites in. Raises Problem for any other site.

    Without any address set, only our own pages are let in: a widget that anybody could put on their site, asking for
    names and addresses in the firm's name, must be asked for. No Origin header means no foreign page is behind it.
    """
    origin = request.headers.get("Origin", "")
    own = f"{request.scheme}://{request.get_host()}"
    allowed = settings_of(inbox.settings).origins
    if origin and not is_allowed(origin, (*allowed, own), settings.PUBLIC_URL):
        raise Problem(HTTPStatus.FORBIDDEN, "wrong_site", _("This chat may not be used on this site."))
    request.META[ADMITTED] = origin


def hold_back(request: HttpRequest, kind: str, limit: Limit, key: str = "") -> None:
    """Count one against the key, or the caller's address. Raises Problem when it is too much for now."""
    wait = BUCKETS.take(kind, key or str(request.META.get("REMOTE_ADDR", "")), limit)
    if wait:
        message = _("That was a lot at once. It is kept and will be sent in a moment.")
        raise Problem(HTTPStatus.TOO_MANY_REQUESTS, "too_many", message, wait=wait)


class VisitorDoor:
    """Middleware: only for the visitors' addresses, everything else passes untouched."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PREFIX):
            return self.answer(request)
        with translation.override(language_of(request.headers.get("Accept-Language", ""))):
            response = self._inside(request)
            response.headers["Content-Language"] = translation.get_language() or ""
        return _shared(request, response)

    def _inside(self, request: HttpRequest) -> HttpResponse:
        if request.method == "OPTIONS":
            return _preflight(request)
        if _is_too_large(request):
            return problem(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", _("That is too long. Shorten it or send it in parts.")
            )
        response = self.answer(request)
        is_ours = response.headers.get("Content-Type", "").startswith("application/json")
        if response.status_code < HTTPStatus.BAD_REQUEST or is_ours:
            return response
        return problem(response.status_code, "refused", _("The server does not take this request."))


def language_of(header: str) -> str:
    """The first of our languages that the browser names, else this installation's."""
    for part in header.split(",")[:10]:
        word = part.split(";")[0].strip()[:2].lower()
        if word in dict(settings.LANGUAGES):
            return word
    return str(settings.LANGUAGE_CODE)


def _is_too_large(request: HttpRequest) -> bool:
    length = request.META.get("CONTENT_LENGTH") or "0"
    largest = settings.MAX_UPLOAD_BYTES + LARGEST_JSON if request.path == f"{PREFIX}files" else LARGEST_JSON
    return not str(length).isdigit() or int(length) > largest


def _preflight(request: HttpRequest) -> HttpResponse:
    """The question before the question names neither inbox nor visitor; the true check is on the request itself, in `admit`."""
    response = HttpResponse(status=HTTPStatus.NO_CONTENT)
    origin = request.headers.get("Origin", "")
    if origin and request.headers.get("Access-Control-Request-Method"):
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Methods"] = "GET, POST"
        response.headers["Access-Control-Allow-Headers"] = "authorization, content-type, accept-language"
        response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_HOLDS)
    return response


def _shared(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    patch_vary_headers(response, ["Origin"])
    response.headers.setdefault("Cache-Control", "no-store")
    if origin := request.META.get(ADMITTED):
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = "Retry-After"
    return response
