"""The page behind a link or QR code that is for everybody: an answer begins with the first page that is sent."""

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from muhatap.feedback import answering, asking, sheets, wording
from muhatap.feedback.models import Response, Survey
from muhatap.feedback.sheets import Sheet
from muhatap.flow import surveying
from muhatap.shared import clock
from muhatap.web.feedback import public, rating

WAYS = {"qr": Response.Way.QR}  # as the address in a code says


@never_cache
@csrf_exempt  # there is no login to borrow, and a code is often read by an app that keeps no cookies
def begin(request: HttpRequest, key: str) -> HttpResponse:
    """The first page of a survey for everybody; opening it records nothing."""
    survey = answering.open_survey(key)
    if survey is None or not survey.is_linked:
        return public.unknown(request)
    with translation.override(public.language(request, public.spoken(request))):
        at = clock.now()
        if not asking.is_running(survey, at=at):
            return public.closed(request, answering.Off())
        if asking.is_full(survey, at=at):
            return public.closed(request, answering.Full())
        if request.method == "POST":
            return public.sent(request, lambda: _begun(request, survey))
        nonce = secrets.token_urlsafe(24)
        pressed = request.GET.get("score", "")
        return rating.page(request, sheets.opened(survey, None, 1, pressed=pressed), nonce=nonce)


@never_cache
@csrf_exempt  # the receipt in the address is the proof
def go_on(request: HttpRequest, token: str) -> HttpResponse:
    """The pages after the first, and a changed mind."""
    response = answering.received(token)
    survey = response.survey if response else None
    if response is None or survey is None:
        return public.unknown(request)
    with translation.override(public.language(request, response.language)):
        at = clock.now()
        if not answering.is_open(response, at=at):
            return public.closed(request, answering.closed(survey, at=at))
        if request.method != "POST":
            return rating.page(request, sheets.opened(survey, response, public.step(request)))
        return public.sent(request, lambda: _gone_on(request, response, survey))


@never_cache
def thanks(request: HttpRequest, token: str) -> HttpResponse:
    """What was said, and the way to say it otherwise."""
    response = answering.received(token)
    if response is None or response.survey is None:
        return public.unknown(request)
    with translation.override(public.language(request, response.language)):
        is_open = answering.is_open(response, at=clock.now())
        url = reverse("open_surveys:go_on", args=[token]) if is_open else ""
        said = {"answer": wording.said(response.survey, response.score), "change_url": url}
        return public.shown(request, "feedback/thanks.html", said)


def _begun(request: HttpRequest, survey: Survey) -> HttpResponse:
    if request.POST.get(public.TRAP):
        return redirect(request.get_full_path())  # a program filled in what nobody sees: nothing is kept
    found = sheets.filled(survey, None, 1, dict(request.POST.lists()))
    way = WAYS.get(request.GET.get("by", ""), Response.Way.LINK)
    spoken = (translation.get_language() or "tr")[:2]
    nonce = request.POST.get("nonce", "")[:40]

    def keep() -> Response:
        return surveying.answer_openly(
            survey=survey, given=found.given, way=way, language=spoken, nonce=nonce, at=clock.now()
        )

    return rating.take(request, found, keep, _onward)


def _gone_on(request: HttpRequest, response: Response, survey: Survey) -> HttpResponse:
    found = sheets.filled(survey, response, public.step(request), dict(request.POST.lists()))
    return rating.take(request, found, lambda: _kept(response, found), _onward)


def _kept(response: Response, found: Sheet) -> Response:
    return surveying.go_on(response=response, given=found.given, at=clock.now())


def _onward(response: Response, step: int | None) -> str:
    name = "open_surveys:go_on" if step else "open_surveys:thanks"
    return reverse(name, args=[answering.receipt(response)]) + public.asked(step=step, lang=response.language)
