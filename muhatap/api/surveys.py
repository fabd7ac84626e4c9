"""The survey on a firm's own pages: embed/survey.js asks for its questions and sends what somebody answered. No cookies.

Only pages of the firm's own sites are let in (those of its web sites and of its chats), and the survey only where it is switched on
for pages. Who answers is known only by a signature of the shop's server; everybody else is nobody.
"""

import json
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from muhatap.channels.models import Inbox
from muhatap.channels.webchat.widget import is_allowed, settings_of
from muhatap.feedback import answering, asking, sheets
from muhatap.feedback.models import Response, Survey
from muhatap.feedback.sheets import Field, Sheet
from muhatap.flow import surveying, who_answers
from muhatap.shared import clock
from muhatap.shared.limits import BUCKETS, Limit
from muhatap.visits import sites

LOOKS = Limit(burst=300, per_minute=600)
ANSWERS = Limit(burst=30, per_minute=20)
LARGEST = 64 * 1024
MOST_FIELDS, MOST_VALUES = 100, 50


class Problem(Exception):
    """What is wrong, for the page; with a sentence where whoever answers can mend it."""

    def __init__(self, status: HTTPStatus, code: str, said: str = "") -> None:
        super().__init__(code)
        self.status, self.told = status, {"code": code, "said": said}


@csrf_exempt  # no cookie is read here
def survey(request: HttpRequest, key: str) -> HttpResponse:
    """GET: the first page of a survey. POST: what was answered on a page; the answer carries the next page, if there is one."""
    if request.method == "OPTIONS":
        return _shared(request, HttpResponse(status=HTTPStatus.NO_CONTENT))
    with translation.override(_language(request)):
        try:
            told = _answer(request, key)
        except Problem as problem:
            return _shared(request, JsonResponse({"error": problem.told}, status=problem.status))
    return _shared(request, JsonResponse(told, json_dumps_params={"ensure_ascii": False}))


def _answer(request: HttpRequest, key: str) -> dict[str, Any]:
    if not _is_ours(request):
        raise Problem(HTTPStatus.FORBIDDEN, "wrong_site")
    limit = ANSWERS if request.method == "POST" else LOOKS
    if BUCKETS.take(f"survey {request.method}", str(request.META.get("REMOTE_ADDR", "")), limit):
        raise Problem(HTTPStatus.TOO_MANY_REQUESTS, "too_many")
    found = answering.open_survey(key)
    if found is None or not found.is_on_pages:
        raise Problem(HTTPStatus.NOT_FOUND, "no_survey")
    if request.method == "POST":
        return _taken(request, found)
    if not asking.takes_answers(found, at=clock.now()):
        raise Problem(HTTPStatus.GONE, "closed")
    return {"sheet": _sheet(sheets.opened(found, None, 1)), "words": _words(), "quiet_days": found.quiet_days}


def _taken(request: HttpRequest, found: Survey) -> dict[str, Any]:
    told = _told(request)
    receipt, step = str(told.get("receipt") or ""), told.get("step")
    response = answering.received(receipt) if receipt else None
    if receipt and (response is None or response.survey_id != found.pk):
        raise Problem(HTTPStatus.NOT_FOUND, "no_answer")
    sheet = sheets.filled(found, response, step if isinstance(step, int) else 1, _typed(told.get("fields")))
    if not sheet.is_whole:
        return {"sheet": _sheet(sheet), "receipt": receipt, "words": _words()}
    try:
        kept = _kept(found, response, sheet, told)
    except answering.Closed as error:
        raise Problem(HTTPStatus.GONE, "closed") from error
    step = sheets.next_step(found, kept, sheet.step)
    onward = _sheet(sheets.opened(found, kept, step)) if step else None
    return {"sheet": onward, "receipt": answering.receipt(kept), "words": _words()}


def _kept(found: Survey, response: Response | None, sheet: Sheet, told: dict[str, Any]) -> Response:
    at = clock.now()
    if response:
        return surveying.go_on(response=response, given=sheet.given, at=at)
    contact = who_answers.proved(write_key=str(told.get("site") or ""), token=str(told.get("identity") or ""), at=at)
    return surveying.answer_openly(
        survey=found,
        given=sheet.given,
        way=Response.Way.PAGE,
        language=(translation.get_language() or "tr")[:2],
        nonce=str(told.get("nonce") or "")[:40],
        contact=contact,
        at=at,
    )


def _told(request: HttpRequest) -> dict[str, Any]:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not str(length).isdigit() or int(length) > LARGEST:
        said = _("It was not sent, for it is too long. What you wrote stands here; make it shorter.")
        raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", said)
    try:
        told = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Problem(HTTPStatus.BAD_REQUEST, "unreadable") from error
    if not isinstance(told, dict):
        raise Problem(HTTPStatus.BAD_REQUEST, "unreadable")
    return told


def _typed(fields: object) -> dict[str, list[str]]:
    """The fields as a form would have sent them."""
    if not isinstance(fields, dict):
        return {}
    return {
        str(name): [str(value) for value in values[:MOST_VALUES]]
        for name, values in list(fields.items())[:MOST_FIELDS]
        if isinstance(values, list)
    }


def _sheet(sheet: Sheet) -> dict[str, Any]:
    return {"step": sheet.step, "is_last": sheet.is_last, "fields": [_field(one) for one in sheet.fields]}


def _field(field: Field) -> dict[str, Any]:
    choices = [{"value": one.value, "word": one.word, "is_chosen": one.is_chosen} for one in field.choices]
    plain = {
        name: getattr(field, name) for name in ("name", "kind", "label", "is_required", "low", "high", "text", "error")
    }
    return plain | {"choices": choices}


def _words() -> dict[str, str]:
    return {
        "send": _("Send the answer"),
        "next": _("Send and go on"),
        "close": _("Close the question"),
        "optional": _("optional"),
        "thanks": _("Thank you. We kept your answer."),
        "later": _("It was not sent. What you wrote stands here; try it again."),
        "over": _("This question is not asked any more."),
    }


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("lang", "")[:2]
    return asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _is_ours(request: HttpRequest) -> bool:
    """Whether the page that asks is one of the firm's; without an origin no foreign page is behind it."""
    origin = request.headers.get("Origin", "")
    own = (f"{request.scheme}://{request.get_host()}", settings.PUBLIC_URL)
    if not origin or origin in own:
        return True
    if any(not site.by_server and site.is_on and site.lets_in(origin) for site in sites.standing().values()):
        return True
    chats = Inbox.objects.filter(kind="webchat", is_enabled=True).values_list("settings", flat=True)
    return any(is_allowed(origin, settings_of(one).origins, settings.PUBLIC_URL) for one in chats)


def _shared(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """What every answer carries. A page of another site may read it, and no cookie goes along."""
    patch_vary_headers(response, ["Origin"])
    response.headers["Cache-Control"] = "no-store"
    if origin := request.headers.get("Origin", ""):
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Methods"] = "GET, POST"
        response.headers["Access-Control-Allow-Headers"] = "content-type"
        response.headers["Access-Control-Max-Age"] = "7200"
    return response
