"""When somebody is there to answer in the chat."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from muhatap.channels.webchat.widget import WidgetSettings


def is_open(widget: WidgetSettings, at: datetime) -> bool:
    """Whether `at` lies in the hours of the widget; without hours it is always open."""
    if not widget.hours:
        return True
    here = at.astimezone(ZoneInfo(widget.time_zone))
    day = widget.hours[here.weekday()]
    return day is not None and day[0] <= f"{here:%H:%M}" < day[1]


def opens_at(widget: WidgetSettings, at: datetime) -> datetime | None:
    """The next opening after `at`; None when it is open now or no day of the week has hours."""
    if is_open(widget, at):
        return None
    here = at.astimezone(ZoneInfo(widget.time_zone))
    for ahead in range(8):
        on = here + timedelta(days=ahead)
        day = widget.hours[on.weekday()]
        if not day:
            continue
        hour, minute = map(int, day[0].split(":"))
        opening = on.replace(hour=hour, minute=minute, second=0, microsecond=0)
        if opening > here:
            return opening
    return None
