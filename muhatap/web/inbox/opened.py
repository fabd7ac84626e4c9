"""An opened conversation: its head, its thread, its composer; opening it marks it as seen."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.conversations import having, recent
from muhatap.conversations.having import Has
from muhatap.conversations.models import Conversation as Row
from muhatap.conversations.recent import Recent
from muhatap.flow import chatting
from muhatap.shared import clock
from muhatap.web.common import times
from muhatap.web.common.display import Act, TagChip, Toast
from muhatap.web.common.doors import visitor
from muhatap.web.common.links import link
from muhatap.web.common.templatetags.ui import initials
from muhatap.web.inbox import assisting, card, composing, due, entries, scheduling, words
from muhatap.web.inbox.display import Conversation, Head, Held, ListPane, Page, Thread
from muhatap.web.inbox.typed import Typed


def panes(
    request: HttpRequest,
    row: Row,
    *,
    error: str = "",
    held: Held | None = None,
    kept: Typed | None = None,
    toast: Toast | None = None,
    keeps_card: bool = False,
) -> HttpResponse:
    """The conversation and the card beside it, as the answer to opening a row or to an act; the card may stay as it is."""
    user, now = visitor(request), clock.now()
    has = having.of(row, user)
    shown = Page(
        views=(),
        list=ListPane(title="", count="", groups=(), reload_url=""),
        conversation=conversation(user, row, now, has=has, error=error, held=held, kept=kept),
        card=None if keeps_card else card.card(row, user, now, has=has),
    )
    return render(request, "inbox/_opened.html", {"page": shown, "toast": toast})


def after_act(request: HttpRequest, row: Row, *, toast: Toast | None = None) -> HttpResponse:
    """The conversation after something was done in it. The card beside it reads itself again when there is news for it.

    Where the address names another one (it was merged meanwhile), the card comes along.
    """
    match = request.resolver_match
    return panes(request, row, toast=toast, keeps_card=bool(match and match.kwargs.get("number") == row.pk))


def conversation(
    user: User,
    row: Row,
    now: datetime,
    *,
    has: Has | None = None,
    error: str = "",
    held: Held | None = None,
    kept: Typed | None = None,
) -> Conversation:
    """The middle pane for this reader."""
    has = has or having.of(row, user)
    newest = recent.of(row)
    may_organise = may(user, "conversations.organise")
    return Conversation(
        id=row.pk,
        url=link("inbox:conversation", row.pk),
        head=_head(row, user, now),
        thread=thread(user, row, now, has=has, newest=newest),
        composer=composing.composer(row, user, now=now, error=error, held=held, kept=kept, has=has, newest=newest),
        tags=tuple(_tag(row, tag.pk, tag.name, may_organise) for tag in row.tags.order_by("folded"))
        if has.tags
        else (),
        tag_url=link("inbox:tag", row.pk) if may_organise else "",
        promise_url=f"{link('promises:new', row.contact_id)}?conversation={row.pk}"
        if may(user, "promises.make")
        else "",
        assistant_url=assisting.standing_url(row, user, now),
        case_url=f"{link('cases:new', row.contact_id)}?conversation={row.pk}" if may(user, "cases.edit") else "",
    )


def _head(row: Row, user: User, now: datetime) -> Head:
    shown = Head(
        subject=row.subject or str(row.contact),
        contact_name=str(row.contact),
        language=row.contact.language,
        due=due.of_conversation(row, now),
        status=_status(row, now),
        priority=Row.Priority(row.priority).name.lower() if row.priority != Row.Priority.NORMAL else "",
        priority_word=words.priority(row.priority),
        assignee=str(row.assignee or ""),
        assignee_initials=initials(str(row.assignee)) if row.assignee else "",
        assign_url=link("inbox:assignees", row.pk) if may(user, "conversations.assign") else "",
    )
    if not may(user, "conversations.organise"):
        return shown
    return replace(
        shown,
        priorities=_priorities(row),
        snooze=() if row.is_closed else _snoozes(row, now),
        acts=_acts(row),
        tag_url=link("inbox:tag", row.pk),
        resolve_url="" if row.is_closed else link("inbox:resolve", row.pk),
        reopen_url=link("inbox:reopen", row.pk) if row.is_closed else "",
    )


def thread(user: User, row: Row, now: datetime, *, has: Has | None = None, newest: Recent | None = None) -> Thread:
    """The thread; what was new to the reader is marked, and from now on seen."""
    has = has or having.of(row, user)
    reader = entries.Reader(user, now)
    newest = newest or recent.of(row)
    shown = entries.thread(newest, reader, seen_id=has.seen_id)
    if has.scheduled:
        shown = replace(shown, entries=(*shown.entries, *scheduling.waiting(row, now, may_answer=reader.may_answer)))
    others = [one.pk for one in newest.messages if one.by_id != user.pk]
    last = max([row.last_inbound_id or 0, *others])
    if last > has.seen_id:  # what one wrote or did oneself is no news
        chatting.we_read(conversation=row, message_id=max(last, shown.newest_id), by=user, at=now)
    return shown


def earlier(user: User, row: Row, before: tuple[datetime, int], now: datetime, *, to: int | None = None) -> Thread:
    """The entries before a moment (back to one that is looked for), with the way to those before them."""
    limit = recent.LIMIT if to is None else entries.reaching(row, to, before=before)
    reader = entries.Reader(user, now)
    return entries.earlier(row, reader, seen_id=row.last_inbound_id or 0, before=before, limit=limit)


def tags(row: Row, may_organise: bool) -> dict[str, object]:
    """What _tags.html needs, after a tag came or went."""
    chips = tuple(_tag(row, tag.pk, tag.name, may_organise) for tag in row.tags.order_by("folded"))
    return {"conversation": {"tags": chips, "tag_url": link("inbox:tag", row.pk) if may_organise else ""}}


def moments(now: datetime) -> dict[str, datetime]:
    """The moments one snoozes to: this evening, tomorrow morning, Monday morning, in a week."""
    today = timezone.localtime(now)

    def morning(days: int) -> datetime:
        return timezone.make_aware(datetime.combine(today.date() + timedelta(days=days), time(9)))

    found = {
        "hour": now + timedelta(hours=1),
        "tomorrow": morning(1),
        "monday": morning(7 - today.weekday()),
        "week": morning(7),
    }
    evening = timezone.make_aware(datetime.combine(today.date(), time(18)))
    return ({"evening": evening} if evening > now + timedelta(hours=1) else {}) | found


def snooze_labels() -> dict[str, str]:
    """What the moments one snoozes to are called."""
    return {
        "hour": _("In an hour"),
        "evening": _("This evening"),
        "tomorrow": _("Tomorrow morning"),
        "monday": _("Monday morning"),
        "week": _("In a week"),
    }


def _status(row: Row, now: datetime) -> str:
    """The state, where it asks for something: "Ertelendi, 23 Kas"."""
    if row.status == Row.Status.SNOOZED:
        until = row.snoozes.filter(ended_at=None).values_list("until", flat=True).first()
        when = times.stamp(until, now) if until else ""
        said = pgettext("state of a conversation", "Snoozed")
        return f"{said}, {when}" if when else said
    if row.status == Row.Status.RESOLVED:
        return pgettext("state of a conversation", "Resolved")
    return pgettext("state of a conversation", "Spam") if row.status == Row.Status.SPAM else ""


def _priorities(row: Row) -> tuple[Act, ...]:
    url = link("inbox:priority", row.pk)
    return tuple(
        Act(label=words.priority(value), url=f"{url}?to={value}", is_here=value == row.priority)
        for value in sorted(Row.Priority.values, reverse=True)
    )


def _snoozes(row: Row, now: datetime) -> tuple[Act, ...]:
    labels = snooze_labels()
    url = link("inbox:snooze", row.pk)
    offered = sorted(moments(now).items(), key=lambda named: named[1])
    return tuple(
        Act(label=labels[name], url=f"{url}?until={name}", detail=times.stamp(at, now)) for name, at in offered
    )


def _acts(row: Row) -> tuple[Act, ...]:
    rename = Act(label=_("Change the subject"), url=link("inbox:rename", row.pk), icon="pencil", is_link=True)
    merge = Act(
        label=_("Merge into another conversation"),
        url=link("inbox:merge", row.pk),
        icon="merge",
        is_link=True,
    )
    if row.status == Row.Status.SPAM:
        return (rename, merge)
    url = link("inbox:spam", row.pk)
    spam = Act(label=_("Mark as spam"), url=url, icon="ban", tone="late")
    if row.inbox.kind != "email":
        return (rename, merge, spam)
    block = Act(label=_("Spam, and block the sender"), url=f"{url}?block=sender", icon="ban", tone="late")
    return (rename, merge, spam, block)


def _tag(row: Row, number: int, name: str, may_organise: bool) -> TagChip:
    return TagChip(name=name, remove_url=link("inbox:untag", row.pk, number) if may_organise else "")
