"""The panel above the composer: what would be sent, how far it is, what came back, and the answer into the draft."""

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from muhatap.assistant import asking
from muhatap.assistant.models import Asking, Task
from muhatap.conversations import visibility
from muhatap.conversations.models import Conversation
from muhatap.flow import assisting
from muhatap.shared import clock
from muhatap.shared.text import without_nul
from muhatap.web.assistant import display
from muhatap.web.common import reading
from muhatap.web.common.display import Toast
from muhatap.web.common.doors import needs, visitor

UNDO_SECONDS = 10


@require_POST
@needs("assistant.use")
def prepare(request: HttpRequest, number: int, task: str) -> HttpResponse:
    """What would be sent, to be looked at. Nothing leaves."""
    conversation = _conversation(request, number)
    if task not in Task.values:
        raise Http404
    wish = reading.words(request.POST.get("wish"), assisting.LONGEST_WISH)
    try:
        row = assisting.prepare(
            conversation=conversation,
            task=task,
            by=visitor(request),
            at=clock.now(),
            wish=wish,
            language=reading.words(request.POST.get("language"), 5),
            draft_html=without_nul(request.POST.get("html", "")),
        )
    except asking.NotOn:
        return _off(request)
    except assisting.NothingToSay:
        return _said(request, display.nothing(task))
    return _panel(request, row, wish=wish)


@never_cache
@needs("assistant.use")
def standing(request: HttpRequest, number: int) -> HttpResponse:
    """What was asked here and is not settled, for whoever opens the conversation again."""
    conversation = _conversation(request, number)
    row = asking.standing(conversation_id=conversation.pk, by=visitor(request), at=clock.now())
    return _panel(request, row) if row else HttpResponse()


@never_cache
@needs("assistant.use")
def show(request: HttpRequest, pk: int) -> HttpResponse:
    return _panel(request, _mine(request, pk)[0])


@require_POST
@needs("assistant.use")
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """They have seen what goes, and send it."""
    row = _mine(request, pk)[0]
    try:
        row = asking.send(asking=row, by=visitor(request), at=clock.now())
    except asking.NotOn:
        return _off(request)
    except asking.Elsewhere:
        row.refresh_from_db()
        notice = _("The server or the model has been changed meanwhile. See where it goes now, then send it.")
        return _panel(request, row, notice=notice)
    except asking.NotNow:
        row.refresh_from_db()
    return _panel(request, row)


@require_POST
@needs("assistant.use")
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    row = _mine(request, pk)[0]
    stopped = asking.stop(asking=row, at=clock.now())
    return HttpResponse() if stopped.state == Asking.State.CANCELLED else _panel(request, stopped)


@require_POST
@needs("assistant.use")
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Into the draft or the note; the toast brings back what stood there."""
    row, conversation = _mine(request, pk)
    kind = assisting.NOTE if request.POST.get("kind") == assisting.NOTE else assisting.REPLY
    try:
        kept = assisting.take(
            row=row,
            conversation=conversation,
            by=visitor(request),
            at=clock.now(),
            typed=without_nul(request.POST["html"]) if "html" in request.POST else None,
            kind=kind,
            based_on=reading.number(request.POST.get("version")) if kind == assisting.REPLY else None,
        )
    except asking.NotNow:
        row.refresh_from_db()
        return _panel(request, row)
    into = assisting.goes_into(row.task)
    undo = reverse("inbox:bring_back", args=[kept.pk]) if kept else ""
    toast = Toast(
        text=_("It stands in your draft. Read it before you send.")
        if into == "reply"
        else _("It stands in your note."),
        icon="pen-line",
        undo_url=undo,
        seconds=UNDO_SECONDS if undo else 0,
    )
    page = {"url": reverse("inbox:conversation", args=[conversation.pk]), "toast": toast}
    answer = render(request, "assistant/_taken.html", page)
    answer["HX-Trigger"] = json.dumps({"muhatap:taken": {"kind": into}})
    return answer


@require_POST
@needs("assistant.use")
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw an answer away, or close what was only shown."""
    row = _mine(request, pk)[0]
    asking.drop(asking=row, by=visitor(request), at=clock.now())
    return HttpResponse()


def _mine(request: HttpRequest, pk: int) -> tuple[Asking, Conversation]:
    """An asking of the reader's own, about a conversation they still see."""
    row = get_object_or_404(Asking, pk=pk, by=visitor(request))
    return row, _conversation(request, row.conversation_id)


def _conversation(request: HttpRequest, number: int) -> Conversation:
    found = visibility.find(visitor(request), number)
    if found is None:
        raise Http404
    return found


def _panel(request: HttpRequest, row: Asking, *, wish: str = "", notice: str = "") -> HttpResponse:
    if row.state == Asking.State.CANCELLED or row.used:
        return HttpResponse()
    shown = display.panel(row, visitor(request), wish=wish, notice=notice)
    return render(request, "assistant/_panel.html", {"panel": shown})


def _off(request: HttpRequest) -> HttpResponse:
    return _said(request, _("This is turned off. An administrator can turn it on in the settings."))


def _said(request: HttpRequest, text: str) -> HttpResponse:
    return render(request, "assistant/_said.html", {"text": text})
