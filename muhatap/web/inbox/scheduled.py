"""The acts on an answer that waits to be sent."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from muhatap.conversations.models import Scheduled
from muhatap.flow import later, reply
from muhatap.shared import clock
from muhatap.web.common.display import Toast
from muhatap.web.common.doors import needs, visitor
from muhatap.web.inbox import checking, opened, scheduling
from muhatap.web.inbox.pages import find


@require_POST
@needs("conversations.reply")
def send_now(request: HttpRequest, number: int) -> HttpResponse:
    """Send a waiting answer at once; the toast can take it back."""
    row = _find(request, number)
    try:
        message = later.send_now(scheduled=row, by=visitor(request), at=clock.now())
    except reply.OverLimit as error:
        return _shown(request, row, Toast(text=checking.over_limit(error.excess), icon="circle-alert"))
    except (reply.Empty, reply.NoRecipient):
        return _shown(request, row, Toast(text=_("Nobody would receive it: write an address."), icon="circle-alert"))
    if message is None:
        return _shown(request, row, Toast(text=_("This was decided meanwhile."), icon="info"))
    undo = reverse("inbox:take_back", args=[message.pk])
    text = _("On its way to %(name)s") % {"name": row.conversation.contact}
    return _shown(request, row, Toast(text=text, icon="send", undo_url=undo, seconds=10))


@require_POST
@needs("conversations.reply")
def take_back(request: HttpRequest, number: int) -> HttpResponse:
    """Make a waiting answer a draft again."""
    row = _find(request, number)
    is_back = later.take_back(scheduled=row, by=visitor(request), at=clock.now())
    text = _("Taken back. Your text is a draft again.") if is_back else _("Too late: it has left already.")
    return _shown(request, row, Toast(text=text, icon="undo-2" if is_back else "info"))


@require_POST
@needs("conversations.reply")
def postpone(request: HttpRequest, number: int) -> HttpResponse:
    """Give a waiting answer another moment."""
    row, now = _find(request, number), clock.now()
    later_at = request.POST.get("later_at", "")
    send_at = scheduling.chosen(request.POST.get("later", ""), later_at, now, row.conversation.inbox_id)
    try:
        if send_at is None:
            raise later.NotThen
        is_moved = later.postpone(scheduled=row, send_at=send_at, at=now)
    except later.NotThen:
        return _shown(request, row, Toast(text=scheduling.not_then(), icon="circle-alert"))
    text = scheduling.said(send_at) if is_moved else _("This was decided meanwhile.")
    return _shown(request, row, Toast(text=text, icon="clock"))


def _find(request: HttpRequest, number: int) -> Scheduled:
    row = get_object_or_404(Scheduled.objects.select_related("conversation__contact", "by"), pk=number)
    row.conversation = find(request, row.conversation_id)
    return row


def _shown(request: HttpRequest, row: Scheduled, toast: Toast) -> HttpResponse:
    answer = opened.panes(request, find(request, row.conversation_id), toast=toast)
    answer["HX-Retarget"], answer["HX-Reswap"] = "#conversation", "innerHTML"
    return answer
