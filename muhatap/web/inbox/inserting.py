"""Canned replies while one writes: finding one, and putting it in, filled for this conversation."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from muhatap.channels.contract import FileRef
from muhatap.conversations import drafting, variables
from muhatap.conversations.models import Conversation
from muhatap.shared import clock
from muhatap.web.common import reading
from muhatap.web.common.doors import needs, visitor
from muhatap.web.inbox import composing, signatures
from muhatap.web.inbox.display import CannedLine
from muhatap.web.inbox.drafts import N_FILES
from muhatap.web.inbox.pages import find
from muhatap.writing import canned as shelf
from muhatap.writing import rendering
from muhatap.writing.models import CannedReply

LONGEST_QUERY = 80


@needs("conversations.reply")
def canned(request: HttpRequest, number: int) -> HttpResponse:
    """The canned replies that fit ?q=, each as it would read here."""
    conversation, user = find(request, number), visitor(request)
    query = reading.words(request.GET.get("q"), LONGEST_QUERY)
    language = signatures.language(conversation, user)
    found = shelf.found(user=user, inbox_id=conversation.inbox_id, query=query, language=language)
    values = variables.of(conversation, user)
    lines = [_line(conversation, reply, values) for reply in found]
    return render(request, "inbox/_canned.html", {"lines": lines, "query": query})


@require_POST
@needs("conversations.reply")
def use(request: HttpRequest, number: int, reply: int) -> HttpResponse:
    """A canned reply filled for this conversation: its text with marks at the gaps; its files go into the draft."""
    conversation, user, at = find(request, number), visitor(request), clock.now()
    chosen = get_object_or_404(shelf.usable(user=user, inbox_id=conversation.inbox_id), pk=reply)
    try:
        filled = shelf.use(reply=chosen, variables=variables.of(conversation, user), at=at)
    except rendering.Invalid as error:
        return JsonResponse(
            {"problem": _("“%(title)s” cannot be filled: %(reason)s") % {"title": chosen, "reason": error.reason}}
        )
    problem = ""
    if chosen.files:
        try:
            drafting.add_files(conversation=conversation, by=user, at=at, files=chosen.files, most=N_FILES)
        except drafting.TooMany:
            problem = _("At most %(n)s files go with one answer.") % {"n": N_FILES}
    shown = composing.composer(conversation, user, now=at) if chosen.files else None
    files = render_to_string("inbox/_composer_files.html", {"composer": shown}, request) if shown else ""
    return JsonResponse({"html": filled.marked, "files": files, "problem": problem})


def _line(conversation: Conversation, reply: CannedReply, values: dict[str, object]) -> CannedLine:
    try:
        text = rendering.render(reply.html, values).text
    except rendering.Invalid as error:
        text = _("cannot be filled: %(reason)s") % {"reason": error.reason}
    return CannedLine(
        id=f"canned-{reply.pk}",
        title=reply.title,
        shortcut=f"/{reply.shortcut}" if reply.shortcut else "",
        text=text[:600],
        language=reply.language,
        files=", ".join(FileRef(**file).name for file in reply.files),
        url=reverse("inbox:use_canned", args=[conversation.pk, reply.pk]),
    )
