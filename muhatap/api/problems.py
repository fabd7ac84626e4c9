"""What is wrong with a request, as RFC 9457 says it: application/problem+json, with a pointer to each field to mend."""

import math
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from muhatap.contacts.models import Contact

MEDIA_TYPE = "application/problem+json"
# Where ninja found a value → how the pointer begins. A body's pointer is an RFC 6901 fragment.
_PLACES = {"body": "#", "query": "?", "path": "/", "header": "header", "form": "#", "file": "#"}


class Problem(Exception):
    """Something is wrong with the request. `errors` has a pointer and a sentence for each field to mend."""

    def __init__(
        self, status: int, code: str, detail: str, *, errors: Mapping[str, str] | None = None, wait: float = 0
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.errors, self.wait = status, code, detail, errors or {}, wait

    def response(self) -> HttpResponse:
        told: dict[str, Any] = {
            "type": f"urn:muhatap:problem:{self.code}",
            "title": _title(self.status),
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        if self.errors:
            told["errors"] = [{"pointer": pointer, "detail": detail} for pointer, detail in self.errors.items()]
        answer = JsonResponse(told, status=self.status, json_dumps_params={"ensure_ascii": False})
        answer.headers["Content-Type"] = MEDIA_TYPE
        if self.wait:
            answer.headers["Retry-After"] = str(math.ceil(self.wait))
        if self.status == HTTPStatus.UNAUTHORIZED:
            answer.headers["WWW-Authenticate"] = "Bearer"
        return answer


def not_found() -> Problem:
    """The same for what is not there and for what this key's user does not see."""
    return Problem(404, "not_found", _("There is nothing under this number, or this key does not show it."))


def conflict(detail: str) -> Problem:
    return Problem(409, "conflict", detail)


def wrong(**fields: str) -> Problem:
    """Fields of the body that cannot be taken, each with its sentence."""
    return Problem(422, "wrong_values", next(iter(fields.values())), errors={f"#/{k}": v for k, v in fields.items()})


def wrong_query(**fields: str) -> Problem:
    return Problem(422, "wrong_values", next(iter(fields.values())), errors={f"?{k}": v for k, v in fields.items()})


def answer_with_problems(api: NinjaAPI) -> None:
    """Let every error of this API be told as a problem."""

    @api.exception_handler(Problem)
    def told(request: HttpRequest, problem: Problem) -> HttpResponse:
        return problem.response()

    @api.exception_handler(AuthenticationError)
    def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        detail = _("This key opens nothing: it was never given, was revoked, or has expired.")
        return Problem(401, "no_key", detail).response()

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        errors = {_pointer(one["loc"]): _in_words(one) for one in error.errors}
        return Problem(422, "wrong_values", next(iter(errors.values()), ""), errors=errors).response()

    @api.exception_handler(HttpError)
    def unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
        return _unreadable(error.status_code)

    @api.exception_handler(Contact.DoesNotExist)
    def gone(request: HttpRequest, error: Contact.DoesNotExist) -> HttpResponse:
        return not_found().response()

    for kind in (MultiPartParserError, UnreadablePostError, BadRequest, SuspiciousOperation):
        api.add_exception_handler(kind, lambda request, error: _unreadable(400))

    @api.exception_handler(RequestDataTooBig)
    def too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
        return _unreadable(413)


def _unreadable(status: int) -> HttpResponse:
    return Problem(status, "unreadable", _("This request could not be read.")).response()


def _pointer(place: Sequence[Any]) -> str:
    """("body", "data", "to", 0, "email") → #/to/0/email. Ninja names the argument after the place; readers never see that."""
    beginning = _PLACES.get(str(place[0]), "#")
    rest = [str(one).replace("~", "~0").replace("/", "~1") for one in place[1:]]
    if place[0] in ("body", "form") and rest[:1] == ["data"]:
        rest = rest[1:]
    if beginning == "#":
        return f"#{''.join(f'/{one}' for one in rest)}"
    return f"{beginning}{'/'.join(rest)}" if beginning in "?/" else f"{beginning}/{'/'.join(rest)}"


def _in_words(error: dict[str, Any]) -> str:
    limits = error.get("ctx") or {}
    match error.get("type"):
        case "missing":
            return _("This is missing.")
        case "string_too_long" | "too_long":
            return _("This is too long: at most %(n)s.") % {"n": limits.get("max_length", "")}
        case "extra_forbidden":
            return _("There is no such field.")
        case "literal_error" | "enum":
            return _("It must be one of these: %(choices)s") % {"choices": limits.get("expected", "")}
        case "value_error" if limits.get("error"):
            return str(limits["error"])
        case _:
            return _("This is not in the expected form.")


def _title(status: int) -> str:
    return {
        400: _("The request cannot be read"),
        401: _("No valid key"),
        403: _("Not allowed"),
        404: _("Not found"),
        409: _("It stands otherwise by now"),
        412: _("Changed meanwhile"),
        413: _("Too large"),
        422: _("Some values cannot be taken"),
        429: _("Too many requests"),
    }.get(status, _("Not done"))
