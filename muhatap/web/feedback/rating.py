"""The page behind the links of a survey: opening it records nothing, for programs that look at mails open every link."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from muhatap.contacts import consent
from muhatap.feedback import answering, asking, sheets, wording
from muhatap.feedback.models import Invitation, Response
from muhatap.feedback.sheets import Sheet
from muhatap.flow import surveying
from muhatap.shared import clock
from muhatap.web.feedback import public


@never_cache
@csrf_exempt  # no login stands behind it: whoever has the link may answer, and mail programs often keep no cookies
def rate(request: HttpRequest, token: str) -> HttpResponse:
    """Choose, say a word, send."""
    invitation = answering.invited(token)
    if invitation is None:
        return public.unknown(request)
    with translation.override(public.language(request, invitation.language)):
        response = _response(invitation)
        at = clock.now()
        if not asking.is_open(invitation, at=at):
            return public.closed(request, answering.closed(invitation.survey, at=at))
        if response is None and asking.is_full(invitation.survey, at=at):
            return public.closed(request, answering.Full())
        if request.method == "POST":
            return public.sent(request, lambda: _sent(request, invitation, response, token))
        pressed = request.GET.get("score", "")
        return page(request, sheets.opened(invitation.survey, response, public.step(request), pressed=pressed))


@never_cache
def thanks(request: HttpRequest, token: str) -> HttpResponse:
    """What was said, and the way to say it otherwise."""
    invitation = answering.invited(token)
    response = _response(invitation) if invitation else None
    if invitation is None or response is None:
        return public.unknown(request)
    with translation.override(public.language(request, invitation.language)):
        is_open = asking.is_open(invitation, at=clock.now())
        said = {"answer": wording.said(invitation.survey, response.score), "has_opt_out": True, "token": token}
        return public.shown(
            request, "feedback/thanks.html", said | {"change_url": f"/rate/{token}/" if is_open else ""}
        )


@never_cache
@csrf_exempt  # the link is the proof, and mail programs post here by themselves when one presses "unsubscribe" (RFC 8058)
def refuse(request: HttpRequest, token: str) -> HttpResponse:
    """Be asked no more; only sending the form says so, and it can be taken back."""
    invitation = answering.invited(token)
    if invitation is None:
        return public.unknown(request)
    with translation.override(public.language(request, invitation.language)):
        contact, at = invitation.contact, clock.now()
        if request.method == "POST" and request.POST.get("again"):
            consent.give(contact=contact, by=None, at=at, source="survey", **asking.REFUSED)
        elif request.method == "POST":
            asking.refuse(contact=contact, by=None, at=at)
        return public.shown(request, "feedback/refuse.html", {"is_refused": asking.refuses(contact)})


def page(request: HttpRequest, found: Sheet, *, status: int = 200, **more: object) -> HttpResponse:
    """A page to fill in."""
    return public.shown(request, "feedback/rate.html", {"sheet": found, **more}, status=status)


def take(
    request: HttpRequest, found: Sheet, keep: Callable[[], Response], onward: Callable[[Response, int | None], str]
) -> HttpResponse:
    """Keep a page that was sent and go on to the next, or say what is missing; `onward` gives the address of a page."""
    if public.is_flood(request):
        return public.flooded(request)
    if not found.is_whole:
        return page(request, found, status=422, nonce=request.POST.get("nonce", "")[:40])
    try:
        response = keep()
    except answering.Closed as why:
        return public.closed(request, why)
    survey = response.survey
    return redirect(onward(response, sheets.next_step(survey, response, found.step) if survey else None))


def _sent(request: HttpRequest, invitation: Invitation, response: Response | None, token: str) -> HttpResponse:
    found = sheets.filled(invitation.survey, response, public.step(request), dict(request.POST.lists()))
    given = found.given
    lang = request.GET.get("lang", "")

    def keep() -> Response:
        return surveying.rate(
            invitation=invitation, score=given.score, comment=given.comment, answers=given.answers, at=clock.now()
        )

    def onward(_response: Response, step: int | None) -> str:
        return f"/rate/{token}/{'' if step else 'thanks/'}{public.asked(step=step, lang=lang)}"

    return take(request, found, keep, onward)


def _response(invitation: Invitation) -> Response | None:
    return getattr(invitation, "response", None)
