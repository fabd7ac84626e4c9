"""The list of conversations, as ready strings."""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.channels.models import Inbox
from muhatap.conversations import lists, saved_views, wanting
from muhatap.conversations.listed import Line
from muhatap.conversations.models import Conversation
from muhatap.conversations.visibility import topics
from muhatap.shared import richtext
from muhatap.understanding.models import Topic
from muhatap.web.common import first_steps, times
from muhatap.web.common.templatetags.ui import initials
from muhatap.web.inbox import due, filters, grouping, viewing, words
from muhatap.web.inbox.display import BulkBar, ListPane, Row, RowGroup
from muhatap.web.inbox.grouping import Listed
from muhatap.web.inbox.viewing import Opened


def pane(
    user: User,
    opened: Opened,
    *,
    n: int,
    selected: int | None,
    now: datetime,
    before: lists.Cursor | None = None,
    bulk: BulkBar | None = None,
) -> ListPane:
    """The list pane of a view."""
    page = lists.page(user, opened.view, before=before, search=opened.query, order=lists.ORDERS[opened.order])
    asked = Listed(user=user, view=opened.view, order=opened.order, search=opened.query, before=before, now=now)
    sort_label, sorts = filters.sorts(opened.order, opened.url, opened.asked)
    return ListPane(
        title=opened.title,
        count=times.count(n) if n else "",
        groups=groups(page, asked, selected=selected, view=opened.name),
        reload_url=f"{opened.url}rows/?{_query(opened, selected=str(selected or ''))}",
        live=_news(user, opened),
        sort_label=sort_label,
        sorts=sorts,
        query=opened.query,
        search_url=opened.url,
        next_url=f"{opened.url}more/?{_query(opened, before=_place(page.next))}" if page.next else "",
        asked=tuple((name, value) for name, value in opened.asked if name != "q"),
        bulk=bulk,
        chooses=may(user, "conversations.organise"),
        export_url=f"{opened.url}export/?{_query(opened)}" if may(user, "conversations.export") else "",
        **_filter(user, opened),
        **(_empty(opened) if page.rows else _nothing(user, opened)),
    )


def _nothing(user: User, opened: Opened) -> dict[str, Any]:
    """What stands where no row does; before the first conversation, how it comes to one."""
    if opened.query or opened.wanted is not None:
        return _empty(opened)
    steps = first_steps.steps(user)
    if Inbox.objects.exists():
        return {**_empty(opened), "steps": steps}
    if not may(user, "inboxes.edit"):
        text = _("Owners and administrators connect one in the settings. Then what customers write appears here.")
        return {"empty_title": _("No inbox is connected yet"), "empty_text": text}
    return {
        "empty_title": _("No inbox is connected yet"),
        "empty_text": _("Connect a mailbox or put the chat on your site; what customers write then appears here."),
        "empty_action": _("Connect an inbox"),
        "empty_url": reverse("settings:inboxes"),
        "steps": steps,
    }


def _filter(user: User, opened: Opened) -> dict[str, Any]:
    """The chips of a filter, the way to change or keep it, and what in it is broken."""
    if opened.wanted is None:
        return {"filter_url": f"{reverse('inbox:filter')}?{urlencode({'from': opened.name})}"}
    asked = urlencode(filters.pairs(opened.wanted))
    mends = bool(opened.saved and saved_views.may_change(user, opened.saved))
    edit_url = reverse("inbox:saved_view", args=[opened.saved.pk]) if opened.saved and mends else ""
    broken = wanting.broken(opened.wanted)
    return {
        "filters": filters.chips(opened.wanted, user, reverse("inbox:view", args=[viewing.FILTERED])),
        "filter_url": f"{reverse('inbox:filter')}?{asked}",
        "keep_url": edit_url or f"{reverse('inbox:filter')}?{asked}",
        "keep_label": _("Change this view") if edit_url else _("Save as a view"),
        "broken": _("This view asks for something that is gone, so it may show less. Change the view to mend it.")
        if broken
        else "",
    }


def some(
    user: User, opened: Opened, numbers: Collection[int], *, selected: int | None, now: datetime
) -> tuple[Row, ...]:
    """Those of these conversations that stand in the list, read alone."""
    found = lists.some(user, opened.view, numbers, search=opened.query)
    chooses = may(user, "conversations.organise")
    named = _topic_names(found)
    return tuple(row(one, selected=selected, view=opened.name, now=now, chooses=chooses, topics=named) for one in found)


def _news(user: User, opened: Opened) -> str:
    """The topics that may change this list: of an inbox, a team or oneself its own, otherwise whatever its reader sees."""
    is_one = opened.name.startswith(("inbox:", "team:", "mine"))
    return " ".join(sorted({f"user:{user.pk}", opened.name} if is_one else topics(user)))


def groups(page: lists.Page, asked: Listed, *, selected: int | None, view: str) -> tuple[RowGroup, ...]:
    """The rows of a page under their heads: by whose turn it is, or by when they are due."""
    chooses = may(asked.user, "conversations.organise")
    named = _topic_names(page.rows)
    part = f"-{asked.before.walk}-{asked.before.id}" if asked.before else ""
    return tuple(
        RowGroup(
            key=f"{head.key}{part}",
            title=head.title,
            count=head.count,
            tone=head.tone,
            is_continued=head.is_continued,
            rows=tuple(
                row(one, selected=selected, view=view, now=asked.now, chooses=chooses, topics=named)
                for one in head.rows
            ),
        )
        for head in grouping.heads(page, asked)
    )


def _topic_names(lines: Collection[Line]) -> dict[int, str]:
    """What the rows are about, asked once for all of them; that it is none of our topics is not told."""
    numbers = {line.said_topic for line in lines if line.said_topic}
    found = Topic.objects.filter(pk__in=numbers).exclude(base="other") if numbers else ()
    return {topic.pk: str(topic) for topic in found}


def row(
    line: Line,
    *,
    selected: int | None,
    view: str,
    now: datetime,
    chooses: bool = False,
    topics: Mapping[int, str] | None = None,
) -> Row:
    """One conversation in the list. Under it stand where it is, what it was read to be about, and what it is called."""
    subject = line.subject if line.channel != "webchat" else ""
    topic = (topics or {}).get(line.said_topic or 0, "")
    draft = " ".join(richtext.to_text(line.draft).split())[:120] if line.draft else ""
    return Row(
        id=line.pk,
        url=f"{_conversations()}{line.pk}/?view={view}",
        name=line.name,
        initials=initials(line.name),
        time=times.short(line.last_message_at, now),
        time_iso=line.last_message_at.isoformat(),
        line=draft or line.preview or line.subject,
        line_prefix=_("Draft:") if draft else _("You:") if line.preview_kind == "outbound" else "",
        is_draft=bool(draft),
        is_scheduled=line.is_scheduled,
        is_unread=line.is_unread and not line.is_closed,
        is_selected=line.pk == selected,
        **_priority(line.priority),
        channel_icon=words.channel_icon(line.channel),
        place=" · ".join(filter(None, (words.channel(line.channel), topic, subject))),
        **due.of_row(line, now),
        chooses=chooses,
    )


@cache
def _conversations() -> str:
    """The address before a conversation's number: asked once, not for each of forty rows."""
    return reverse("inbox:conversation", args=[0]).removesuffix("0/")


def _priority(value: int) -> dict[str, str]:
    """Only what asks for attention is shown."""
    if value <= Conversation.Priority.NORMAL:
        return {}
    return {"priority": Conversation.Priority(value).name.lower(), "priority_word": words.priority(value)}


def _empty(opened: Opened) -> dict[str, Any]:
    if opened.query:
        return {
            "empty_title": _("Nothing found"),
            "empty_text": _("No conversation here matches. Try fewer letters."),
        }
    if opened.wanted is not None:
        return {
            "empty_title": _("No conversation matches"),
            "empty_text": _("Take a condition away, or ask for any of them instead of all."),
        }
    texts = {
        "mine": (
            _("Nothing is assigned to you"),
            _("Take one from “Unassigned”, or give yourself one with the key a."),
        ),
        "unassigned": (_("Everything has somebody"), _("What comes in and nobody has taken stands here.")),
        "snoozed": (_("Nothing is snoozed"), _("A conversation you snooze with the key s sleeps here until its time.")),
        "scheduled": (
            _("Nothing is scheduled"),
            _("What you send later with the arrow beside “Send” waits here until its moment."),
        ),
        "drafts": (_("No drafts"), _("Whatever you begin to write is kept here by itself.")),
        "spam": (_("No spam"), _("What you mark as spam is put away here; nothing is deleted.")),
        "mentions": (
            _("Nobody has called you"),
            _("When a colleague writes @ and your name in a note, it stands here."),
        ),
    }
    title, text = texts.get(
        opened.name,
        (_("No conversations here yet"), _("They appear by themselves when somebody writes to one of your inboxes.")),
    )
    return {"empty_title": title, "empty_text": text}


def _place(end: lists.Cursor) -> str:
    """Where a page ended, as its address says it."""
    walk = f"~{end.walk}" if end.walk else ""
    return f"{end.at.isoformat() if end.at else ''}~{end.id}{walk}"


def _query(opened: Opened, **parts: str) -> str:
    return urlencode([*opened.asked, *((name, value) for name, value in parts.items() if value)])
