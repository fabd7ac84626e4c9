"""Drafts: kept while one types, thrown away and brought back, the same on every device; and their files."""

import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from muhatap.conversations import drafting, ourselves, recent
from muhatap.conversations.models import Conversation, Draft, DraftCopy
from muhatap.flow import chatting
from muhatap.flow.reply import signature
from muhatap.shared import clock, richtext
from muhatap.web.common import uploading
from muhatap.web.common.display import Toast
from muhatap.web.common.doors import needs, visitor
from muhatap.web.inbox import checking, composing, opened
from muhatap.web.inbox import promises as offering_promises
from muhatap.web.inbox.display import Check, Promised
from muhatap.web.inbox.pages import find
from muhatap.web.inbox.typed import Typed, read_form

N_FILES = 20


@require_POST
@needs("conversations.note")
def draft(request: HttpRequest, number: int) -> HttpResponse:
    """Keep what is being written; answers with when it was kept, its version, and what there is to know of it."""
    conversation, typed, at = find(request, number), read_form(request.POST), clock.now()
    kept = keep(conversation, typed, request)
    found: tuple[Check, ...] = ()
    owed: tuple[Promised, ...] = ()
    if typed.kind == "reply":
        whom = {"to": typed.to, "cc": typed.cc, "bcc": typed.bcc}
        heads, us = recent.heads(conversation), ourselves.as_seen_by(visitor(request))
        found = checking.checks(heads, us, html=typed.html, files=composing.files_of(kept), at=at, **whom)
        owed = offering_promises.lines(request, conversation, typed.html, at)
    other = composing.other_version(conversation, visitor(request), at)
    signed = signature(conversation, visitor(request), kept.signed_with) if typed.signature is not None else ""
    return JsonResponse({
        "saved": composing.saved(at),
        "version": kept.version,
        "signature": signed,
        "checks": render_to_string("inbox/_composer_checks.html", {"checks": found, "promises": owed, "other": other}, request),
    })  # fmt: skip


@needs("conversations.note")
def composer(request: HttpRequest, number: int) -> HttpResponse:
    """The composer as the server has it: another device saved meanwhile."""
    conversation = find(request, number)
    shown = composing.composer(conversation, visitor(request), now=clock.now())
    return render(request, "inbox/_composer.html", {"composer": shown})


@require_POST
@needs("conversations.reply")
def discard(request: HttpRequest, number: int) -> HttpResponse:
    """Throw the draft of an answer away; the toast brings it back."""
    conversation = find(request, number)
    kept = drafting.throw_away(conversation=conversation, by=visitor(request), kind="reply", at=clock.now())
    undo = reverse("inbox:bring_back", args=[kept.pk]) if kept else ""
    toast = Toast(text=_("Draft discarded"), icon="trash-2", undo_url=undo, seconds=10 if kept else 0)
    return _opened(request, conversation, toast)


@require_POST
@needs("conversations.note")
def bring_back(request: HttpRequest, copy: int) -> HttpResponse:
    """Make a text that was thrown away or written over the draft again."""
    kept = get_object_or_404(DraftCopy.objects.select_related("conversation", "by"), pk=copy, by=visitor(request))
    conversation = find(request, kept.conversation_id)
    drafting.bring_back(copy=kept, at=clock.now())
    return _opened(request, conversation, None)


@require_POST
@needs("conversations.reply")
def upload(request: HttpRequest, number: int) -> HttpResponse:
    """Store a file and put it into the draft."""
    conversation = find(request, number)
    given = request.FILES.getlist("file")
    problem = uploading.problem(given)
    if not problem:
        stored = [uploading.stored(file) for file in given]
        try:
            drafting.add_files(
                conversation=conversation, by=visitor(request), at=clock.now(), files=stored, most=N_FILES
            )
        except drafting.TooMany:
            problem = _("At most %(n)s files go with one answer.") % {"n": N_FILES}
    return _files(request, conversation, problem)


@require_POST
@needs("conversations.reply")
def remove_file(request: HttpRequest, number: int, sha256: str) -> HttpResponse:
    """Take a file out of the draft."""
    conversation = find(request, number)
    drafting.remove_file(conversation=conversation, by=visitor(request), at=clock.now(), sha256=sha256)
    return _files(request, conversation, "")


def keep(conversation: Conversation, typed: Typed, request: HttpRequest) -> Draft:
    """Save what was typed as the draft."""
    typed_content: dict[str, object] = {"html": richtext.clean(typed.html)}
    if typed.kind == "reply":
        whom = {"to": typed.to, "cc": typed.cc, "bcc": typed.bcc}
        typed_content |= {name: [{"name": one.name, "email": one.email} for one in some] for name, some in whom.items()}
        known = conversation.messages.filter(pk=typed.answers).exists() if typed.answers else False
        typed_content |= {"signed_with": typed.signature} if typed.signature is not None else {}
        typed_content["answers_id"] = typed.answers if known else None
    return chatting.we_write(
        conversation=conversation,
        kind=typed.kind,
        by=visitor(request),
        at=clock.now(),
        based_on=typed.version if typed.kind == "reply" else None,
        **typed_content,
    )


def _files(request: HttpRequest, conversation: Conversation, problem: str) -> HttpResponse:
    shown = composing.composer(conversation, visitor(request), now=clock.now())
    answer = render(request, "inbox/_composer_files.html", {"composer": shown})
    if problem:
        answer["HX-Trigger"] = json.dumps({"muhatap:problem": {"text": problem}})
    return answer


def _opened(request: HttpRequest, conversation: Conversation, toast: Toast | None) -> HttpResponse:
    answer = opened.panes(request, find(request, conversation.pk), toast=toast)
    answer["HX-Retarget"], answer["HX-Reswap"] = "#conversation", "innerHTML"
    return answer
