"""The list of conversations, as ready strings."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from muhatap.accounts.models import User
from muhatap.conversations import lists
from muhatap.conversations.models import Conversation, Draft
from muhatap.conversations.visibility import topics
from muhatap.shared import richtext
from muhatap.web.common import times
from muhatap.web.common.templatetags.ui import initials
from muhatap.web.inbox import words
from muhatap.web.inbox.display import ListPane, Row, RowGroup

GROUPS = ("waiting", "theirs", "others")


def pane(
    user: User,
    view: str,
    *,
    title: str,
    n: int,
    query: str,
    selected: int | None,
    now: datetime,
    before: lists.Cursor | None = None,
) -> ListPane:
    """The list pane of a view. Raises lists.UnknownView."""
    page = lists.page(user, view, before=before, search=query)
    base = reverse("inbox:view", args=[view])
    cursor = f"{page.next.at.isoformat()}~{page.next.id}" if page.next else ""
    return ListPane(
        title=title,
        count=times.count(n) if n else "",
        groups=groups(
            page.rows, user, selected=selected, view=view, now=now, part="" if before is None else f"-{before.id}"
        ),
        reload_url=f"{base}rows/?{_query(q=query, selected=str(selected or ''))}",
        live=" ".join(sorted(topics(user))),
        query=query,
        search_url=base,
        next_url=f"{base}more/?{_query(q=query, before=cursor)}" if cursor else "",
        **_empty(view, query),
    )


def groups(
    rows: Iterable[Conversation], user: User, *, selected: int | None, view: str, now: datetime, part: str = ""
) -> tuple[RowGroup, ...]:
    """Rows under who has to answer: first those who wait for us."""
    rows = list(rows)
    drafts = _drafts(rows, user)
    sorted_out: dict[str, list[Row]] = {key: [] for key in GROUPS}
    for conversation in rows:
        sorted_out[_group_of(conversation)].append(
            row(conversation, drafts.get(conversation.pk, ""), selected=selected, view=view, now=now)
        )
    titles = {"waiting": _("Waiting for our answer"), "theirs": _("We wait for their answer"), "others": _("Others")}
    return tuple(
        RowGroup(key=f"{key}{part}", title=titles[key], count=times.count(len(found)), rows=tuple(found))
        for key, found in sorted_out.items()
        if found
    )


def row(conversation: Conversation, draft: str, *, selected: int | None, view: str, now: datetime) -> Row:
    """One conversation in the list."""
    name = str(conversation.contact)
    is_ours = conversation.preview_kind == "outbound"
    place = words.channel(conversation.inbox) + (
        f" · {conversation.subject}" if conversation.inbox.kind == "email" and conversation.subject else ""
    )
    return Row(
        id=conversation.pk,
        url=f"{reverse('inbox:conversation', args=[conversation.pk])}?view={view}",
        name=name,
        initials=initials(name),
        time=times.short(conversation.last_message_at, now),
        time_iso=conversation.last_message_at.isoformat(),
        line=draft or conversation.preview or conversation.subject,
        line_prefix=_("Draft:") if draft else _("You:") if is_ours else "",
        is_draft=bool(draft),
        is_unread=bool(getattr(conversation, "is_unread", False)) and not conversation.is_closed,
        is_selected=conversation.pk == selected,
        channel_icon=words.channel_icon(conversation.inbox.kind),
        place=place,
        deadline=_("waiting %(span)s") % {"span": times.span(now - conversation.waiting_since)}
        if conversation.waiting_since
        else "",
    )


def _group_of(conversation: Conversation) -> str:
    if conversation.status == Conversation.Status.OPEN:
        return "waiting"
    return "theirs" if conversation.status == Conversation.Status.WAITING else "others"


def _drafts(rows: list[Conversation], user: User) -> dict[int, str]:
    numbers = [conversation.pk for conversation in rows if getattr(conversation, "has_draft", False)]
    found = Draft.objects.filter(conversation_id__in=numbers, by=user, kind="reply").values_list(
        "conversation_id", "html"
    )
    return {number: " ".join(richtext.to_text(html).split())[:120] for number, html in found}


def _empty(view: str, query: str) -> dict[str, Any]:
    if query:
        return {
            "empty_title": _("Nothing found"),
            "empty_text": _("No conversation here holds these letters. Try fewer."),
        }
    texts = {
        "mine": (
            _("Nothing is assigned to you"),
            _("Take one from “Unassigned”, or give yourself one with the key a."),
        ),
        "unassigned": (_("Everything has somebody"), _("What comes in and nobody has taken stands here.")),
        "snoozed": (_("Nothing is snoozed"), _("A conversation you snooze with the key s sleeps here until its time.")),
        "drafts": (_("No drafts"), _("Whatever you begin to write is kept here by itself.")),
        "spam": (_("No spam"), _("What you mark as spam is put away here; nothing is deleted.")),
        "mentions": (
            _("Nobody has called you"),
            _("When a colleague writes @ and your name in a note, it stands here."),
        ),
    }
    title, text = texts.get(
        view,
        (_("No conversations here yet"), _("They appear by themselves when somebody writes to one of your inboxes.")),
    )
    return {"empty_title": title, "empty_text": text}


def _query(**parts: str) -> str:
    return urlencode({name: value for name, value in parts.items() if value})
