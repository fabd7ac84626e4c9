"""Posts heard: what people say where others read it and what is no conversation; opening one; writing down what was heard."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from muhatap.accounts.permissions import may
from muhatap.channels import registry
from muhatap.channels.models import Inbox
from muhatap.conversations.visibility import visible_inboxes
from muhatap.flow import listening
from muhatap.flow import posts as story
from muhatap.interactions import posts
from muhatap.interactions.models import Post
from muhatap.shared import clock
from muhatap.understanding.models import Reading
from muhatap.web.common import channels, reading, times
from muhatap.web.common.display import Pages
from muhatap.web.common.doors import needs, visitor
from muhatap.web.listening.forms import NoteForm

N_ROWS = 40
N_LETTERS = 500


@dataclass(frozen=True, kw_only=True)
class Row:
    """One post, as it is shown."""

    id: int
    author: str
    contact_url: str
    title: str
    text: str
    language: str
    time: str
    time_iso: str
    place: str
    icon: str
    kind: str
    stars: str
    url: str
    edited: str


@needs("conversations.read")
def heard(request: HttpRequest) -> HttpResponse:
    """Newest first; of one source when asked."""
    mine = list(_sources(request))
    chosen = reading.number(request.GET.get("inbox"))
    shown = [inbox for inbox in mine if chosen is None or inbox.pk == chosen]
    rows, pages = _paged(request, posts.heard(shown))
    now = clock.now()
    page = {
        "rows": [_row(post, now) for post in rows],
        "pages": pages,
        "sources": [(inbox.pk, inbox.name, inbox.pk == chosen) for inbox in mine],
        "has_sources": bool(mine),
        "may_answer": may(visitor(request), "conversations.reply"),
        "chosen": chosen,
    }
    return render(request, "listening/heard.html", page)


@require_POST
@needs("conversations.reply")
def open_conversation(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody wants to answer it."""
    post = get_object_or_404(Post.objects.filter(inbox__in=_sources(request)), pk=pk)
    conversation = story.open_conversation(post=post, by=visitor(request), at=clock.now())
    if conversation is None:
        messages.error(request, _("Its author deleted this post meanwhile."))
        return redirect("posts:heard")
    return redirect("inbox:conversation", conversation.pk)


@needs("conversations.reply")
def write_down(request: HttpRequest) -> HttpResponse:
    """What somebody heard becomes a conversation like any other."""
    boxes = visible_inboxes(visitor(request)).filter(kind="manual", is_enabled=True).order_by("name")
    form = NoteForm(request.POST or None, initial={"name": request.GET.get("name", "")[:200]})
    cast("forms.ModelChoiceField[Inbox]", form.fields["inbox"]).queryset = boxes
    if request.method == "POST" and form.is_valid():
        told = dict(form.cleaned_data)
        listening.write_down(inbox=told.pop("inbox"), by=visitor(request), at=clock.now(), **told)
        messages.success(request, _("Written down. It is in the inbox in a moment."))
        return redirect("inbox:list")
    page: dict[str, Any] = {"form": form, "has_inbox": boxes.exists()}
    return render(request, "listening/note.html", page, status=422 if form.errors else 200)


def _sources(request: HttpRequest) -> QuerySet[Inbox]:
    return visible_inboxes(visitor(request)).filter(kind__in=registry.LISTENING).order_by("name")


def _paged(request: HttpRequest, found: QuerySet[Post]) -> tuple[list[Post], Pages]:
    """A page by key: rows before (moment, id), one more than shown tells whether there is a next."""
    before, number = clock.read(request.GET.get("before", "")), reading.number(request.GET.get("id"))
    if before and number:
        found = found.filter(at__lte=before).exclude(at=before, id__gte=number)
    rows = list(found.select_related("interaction__reading")[: N_ROWS + 1])
    if len(rows) <= N_ROWS:
        return rows, Pages()
    query = request.GET.copy()
    query["before"], query["id"] = rows[N_ROWS - 1].at.isoformat(), str(rows[N_ROWS - 1].pk)
    return rows[:N_ROWS], Pages(next_url=f"?{query.urlencode()}")


def _row(post: Post, now: datetime) -> Row:
    read: Reading | None = getattr(post.interaction, "reading", None)
    contact = post.interaction.contact
    return Row(
        id=post.pk,
        author=post.author or _("Nobody named"),
        contact_url=reverse("contacts:page", args=[contact.pk]) if contact else "",
        title=post.interaction.title,
        text=post.text if len(post.text) <= N_LETTERS else f"{post.text[:N_LETTERS]}…",
        language=read.language if read and len(read.language) == 2 else "",
        time=times.stamp(post.at, now),
        time_iso=post.at.isoformat(),
        place=post.inbox.name,
        icon=channels.icon(post.inbox.kind),
        kind=str(Reading.Kind(read.kind).label) if read and read.is_sure else "",
        stars=_("%(n)s of 5 stars") % {"n": post.rating} if post.rating else "",
        url=post.url,
        edited=_("changed by its author") if post.edited_at else "",
    )
