"""The page behind the links of a survey: opening it records nothing, for programs that look at mails open every link."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from muhatap.feedback import answering, asking, wording
from muhatap.feedback.models import HIGHEST, Invitation
from muhatap.flow import surveying
from muhatap.shared import clock
from muhatap.shared.text import without_nul
from muhatap.web.feedback.faces import FACES

HEADERS = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}  # the address is the key


class AnswerForm(forms.Form):
    score = forms.TypedChoiceField(
        choices=[(score, score) for score in answering.SCORES],
        coerce=int,
        error_messages={
            "required": gettext_lazy("Choose one of the five."),
            "invalid_choice": gettext_lazy("Choose one of the five."),
        },
    )
    comment = forms.CharField(
        required=False,
        max_length=answering.LONGEST_COMMENT,
        error_messages={"max_length": gettext_lazy("This is longer than we can keep: at most 2,000 characters.")},
    )


@never_cache
@csrf_exempt  # no login stands behind it: whoever has the link may answer, and mail programs often keep no cookies
def rate(request: HttpRequest, token: str) -> HttpResponse:
    """Choose, say a word, send."""
    invitation = answering.invited(token)
    if invitation is None:
        return _shown(request, "feedback/unknown.html", {}, status=404)
    with translation.override(invitation.language):
        if not asking.is_open(invitation, at=clock.now()):
            return _shown(request, "feedback/closed.html", _around(invitation), status=410)
        if request.method == "POST":
            return _sent(request, invitation, token)
        return _form(request, invitation, _begun(request, invitation))


@never_cache
def thanks(request: HttpRequest, token: str) -> HttpResponse:
    """What was said, and the way to say it otherwise."""
    invitation = answering.invited(token)
    response = getattr(invitation, "response", None)
    if invitation is None or response is None:
        return _shown(request, "feedback/unknown.html", {}, status=404)
    with translation.override(invitation.language):
        is_open = asking.is_open(invitation, at=clock.now())
        said = {"answer": wording.faces()[response.score], "token": token if is_open else ""}
        return _shown(request, "feedback/thanks.html", _around(invitation) | said)


def _sent(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    form = AnswerForm({name: without_nul(str(value)) for name, value in request.POST.items()})
    if not form.is_valid():
        return _form(request, invitation, form, status=422)
    data = form.cleaned_data
    try:
        surveying.rate(invitation=invitation, score=data["score"], comment=data["comment"], at=clock.now())
    except answering.Closed:
        return _shown(request, "feedback/closed.html", _around(invitation), status=410)
    return redirect("feedback:thanks", token)


def _begun(request: HttpRequest, invitation: Invitation) -> AnswerForm:
    """What was pressed in the mail; else what was answered before."""
    response = getattr(invitation, "response", None)
    known = {"score": response.score, "comment": response.comment} if response else {}
    pressed = request.GET.get("score", "")
    if pressed in {str(score) for score in answering.SCORES}:
        known["score"] = int(pressed)
    return AnswerForm(initial=known)


def _form(request: HttpRequest, invitation: Invitation, form: AnswerForm, *, status: int = 200) -> HttpResponse:
    words = wording.choices(invitation.survey)
    chosen = str(form["score"].value() or "")
    choices = [
        {"score": score, "word": word, "icon": FACES[score], "chosen": str(score) == chosen}
        for score, word in words.items()
    ]
    page = {"form": form, "choices": choices, "has_faces": invitation.survey.scale == "faces", "highest": HIGHEST}
    return _shown(request, "feedback/rate.html", _around(invitation) | page, status=status)


def _around(invitation: Invitation) -> dict[str, Any]:
    return {"question": wording.question(invitation.survey)}


def _shown(request: HttpRequest, template: str, page: dict[str, Any], *, status: int = 200) -> HttpResponse:
    response = render(request, template, page | {"title": _("Your rating")}, status=status)
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response
