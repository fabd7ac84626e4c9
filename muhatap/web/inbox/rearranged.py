"""Splitting off, moving and merging, with the way back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from muhatap.conversations import lists, rearranging
from muhatap.conversations.models import Conversation, Message, Rearrangement
from muhatap.conversations.visibility import visible_to
from muhatap.shared import clock
from muhatap.web.common import reading
from muhatap.web.common.display import Toast
from muhatap.web.common.doors import needs, visitor
from muhatap.web.inbox import opened, rows
from muhatap.web.inbox.pages import find

REFUSALS = (rearranging.NotTheSameInbox, rearranging.NothingToMove)


@require_POST
@needs("conversations.organise")
def split(request: HttpRequest, message: int) -> HttpResponse:
    """Give a message a conversation of its own."""
    found = get_object_or_404(Message, pk=message)
    conversation = find(request, found.conversation_id)
    try:
        done = rearranging.split(conversation=conversation, message_ids=[found.pk], by=visitor(request), at=clock.now())
    except rearranging.NothingToMove:
        text = _("It is the only message here, so there is nothing to split off.")
        return opened.panes(request, conversation, toast=Toast(text=text, icon="info"))
    undo = Toast(text=_("Split off"), icon="split", undo_url=reverse("inbox:put_back", args=[done.pk]), seconds=10)
    return opened.panes(request, find(request, conversation.pk), toast=undo)


@needs("conversations.organise")
def move(request: HttpRequest, message: int) -> HttpResponse:
    """Choose another conversation of the same person or inbox, then move the message there."""
    found = get_object_or_404(Message, pk=message)
    conversation = find(request, found.conversation_id)
    if request.method == "POST":
        target = get_object_or_404(visible_to(visitor(request)), pk=reading.number(request.POST.get("target")) or 0)
        try:
            rearranging.move(
                conversation=conversation, message_ids=[found.pk], target=target, by=visitor(request), at=clock.now()
            )
        except REFUSALS:
            messages.error(request, _refused())
            return redirect("inbox:conversation", conversation.pk)
        return redirect("inbox:conversation", target.pk)
    return _choose(request, conversation, title=_("Move the message to"), action=reverse("inbox:move", args=[message]))


@needs("conversations.organise")
def merge(request: HttpRequest, number: int) -> HttpResponse:
    """Choose another conversation, then make the two one."""
    conversation = find(request, number)
    if request.method == "POST":
        target = get_object_or_404(visible_to(visitor(request)), pk=reading.number(request.POST.get("target")) or 0)
        try:
            rearranging.merge(conversation=conversation, target=target, by=visitor(request), at=clock.now())
        except REFUSALS:
            messages.error(request, _refused())
            return redirect("inbox:conversation", conversation.pk)
        return redirect("inbox:conversation", target.pk)
    return _choose(
        request, conversation, title=_("Merge this conversation into"), action=reverse("inbox:merge", args=[number])
    )


@require_POST
@needs("conversations.organise")
def put_back(request: HttpRequest, number: int) -> HttpResponse:
    """Undo a split, a move or a merge."""
    done = get_object_or_404(Rearrangement.objects.select_related("source", "target"), pk=number)
    find(request, done.source_id)
    try:
        rearranging.undo(rearrangement=done, by=visitor(request), at=clock.now())
    except rearranging.AlreadyUndone:
        return opened.panes(
            request, find(request, done.source_id), toast=Toast(text=_("This was put back already."), icon="info")
        )
    except rearranging.LaterStands:
        text = _("Not put back: it was moved on or merged since. Take that back first.")
        return opened.panes(request, find(request, done.source_id), toast=Toast(text=text, icon="circle-alert"))
    answer = opened.panes(request, find(request, done.source_id), toast=Toast(text=_("Put back"), icon="undo-2"))
    answer["HX-Retarget"], answer["HX-Reswap"] = "#conversation", "innerHTML"
    return answer


def _refused() -> str:
    return _("Not moved: it goes only to another conversation of the same inbox.")


def _choose(request: HttpRequest, conversation: Conversation, *, title: str, action: str) -> HttpResponse:
    query = reading.words(request.GET.get("q"), 200)
    user, now = visitor(request), clock.now()
    found = lists.candidates(user, conversation, search=query)
    shown = [rows.row(one, selected=None, view="all", now=now) for one in found]
    context = {
        "title": title,
        "action": action,
        "rows": shown,
        "query": query,
        "back_url": reverse("inbox:conversation", args=[conversation.pk]),
    }
    return render(request, "inbox/choose.html", context)
