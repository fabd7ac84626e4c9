"""Sending later as one sees it: the moments offered, and what waits in a thread."""

from datetime import datetime, time, timedelta

from django.core.cache import cache
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from muhatap.conversations.models import Conversation, Scheduled
from muhatap.flow import later, measuring
from muhatap.service import hours, working
from muhatap.shared import richtext
from muhatap.web.common import times
from muhatap.web.common.display import Act
from muhatap.web.common.links import link
from muhatap.web.inbox.display import Waiting

MORNING = time(9)
A_MOMENT = timedelta(seconds=1)
NEVER, KEPT_S = "never", 300


def moments(now: datetime, inbox_id: int) -> dict[str, datetime]:
    """The moments offered: in an hour, tomorrow morning, Monday morning; and when we next open on another day."""
    today = timezone.localtime(now).date()

    def morning(days: int) -> datetime:
        return timezone.make_aware(datetime.combine(today + timedelta(days=days), MORNING))

    hour = (now + timedelta(hours=1)).replace(second=0, microsecond=0)
    found = {"hour": hour, "tomorrow": morning(1), "monday": morning(7 - today.weekday())}
    opens = _opens(inbox_id, now)
    return found | ({"working": opens} if opens and opens not in found.values() else {})


def _opens(inbox_id: int, now: datetime) -> datetime | None:
    """When the hours of an inbox next open on another day than today; asked once in a while, every composer shows it."""
    midnight = timezone.make_aware(datetime.combine(timezone.localtime(now).date() + timedelta(days=1), time()))
    key = f"inbox-opens-{inbox_id}-{midnight.date()}"
    kept = cache.get(key)
    if kept is None:
        kept = _opening(inbox_id, midnight) or NEVER
        cache.set(key, kept, KEPT_S)
    return None if kept == NEVER else kept


def _opening(inbox_id: int, since: datetime) -> datetime | None:
    found = measuring.hours_of(inbox_id)
    if found is None:
        return None
    try:
        return hours.working_time(found, at=since).after(since, A_MOMENT) - A_MOMENT
    except working.NeverOpen:
        return None


def choices(now: datetime, inbox_id: int) -> tuple[Act, ...]:
    """The moments as choices of the menu; `url` is the value the button posts as `later`."""
    labels = {
        "hour": _("In an hour"),
        "tomorrow": _("Tomorrow 09:00"),
        "monday": _("Monday 09:00"),
        "working": _("When we next open"),
    }
    offered = moments(now, inbox_id)
    if offered["monday"] == offered["tomorrow"]:
        del offered["tomorrow"]
    return tuple(
        Act(label=labels[name], url=name, detail=times.stamp(at, now))
        for name, at in sorted(offered.items(), key=lambda named: named[1])
    )


def chosen(name: str, own: str, now: datetime, inbox_id: int) -> datetime | None:
    """The moment that was chosen: one of those offered, or 'own' as the browser writes it ("2026-11-23T09:00")."""
    if name != "own":
        return moments(now, inbox_id).get(name)
    try:
        return timezone.make_aware(datetime.fromisoformat(own)) if own else None
    except (ValueError, OverflowError):
        return None


def waiting(conversation: Conversation, now: datetime, *, may_answer: bool) -> tuple[Waiting, ...]:
    """What waits to be sent in a thread, by its moment."""
    rows = Scheduled.objects.filter(conversation=conversation, state__in=later.STANDING)
    rows = rows.select_related("by", "conversation")
    return tuple(_waiting(row, now, may_answer=may_answer) for row in rows.order_by("send_at", "id"))


def said(send_at: datetime) -> str:
    return _("Will be sent: %(when)s") % {"when": times.full(send_at)}


def not_then() -> str:
    return _("Choose a moment that lies ahead, within a year. Nothing was sent; what you wrote is kept.")


def held_because(row: Scheduled) -> str:
    """Why it was not sent by itself."""
    return {
        later.WROTE: _("Held: %(name)s wrote meanwhile. Read it, then decide.") % {"name": row.conversation.contact},
        later.ANSWERED: _("Held: a colleague answered meanwhile. Read it, then decide."),
        later.SPAM: _("Held: the conversation was marked as spam."),
        later.GONE: _("Held: %(name)s no longer works here.") % {"name": row.by},
        later.REFUSED: _("Held: it could not be sent as it is. Take it back and look at recipients and files."),
    }.get(row.held_because, _("Held."))


def _waiting(row: Scheduled, now: datetime, *, may_answer: bool) -> Waiting:
    is_held = row.state == Scheduled.State.HELD
    return Waiting(
        id=f"scheduled-{row.pk}",
        name=str(row.by),
        html=mark_safe(richtext.clean(row.html)),  # noqa: S308 (cleaned right here)
        when=_("To be sent %(when)s") % {"when": times.full(row.send_at)},
        when_iso=row.send_at.isoformat(),
        to=", ".join(one["email"] for one in (*row.to, *row.cc, *row.bcc)),
        files=tuple(str(one["name"]) for one in row.files),
        held=held_because(row) if is_held else "",
        send_label=_("Send anyway") if is_held else _("Send now"),
        send_url=link("inbox:scheduled_now", row.pk) if may_answer else "",
        edit_url=link("inbox:scheduled_back", row.pk) if may_answer else "",
        postpone_url=link("inbox:scheduled_moment", row.pk) if may_answer else "",
        moments=choices(now, row.conversation.inbox_id) if may_answer else (),
    )
