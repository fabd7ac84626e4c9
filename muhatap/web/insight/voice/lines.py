"""A message or an answer behind a number, as ready strings."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from muhatap.feedback.models import Response
from muhatap.insight.voice_rows import Row
from muhatap.web.common import times
from muhatap.web.insight.voice import words

LONGEST = 280


@dataclass(frozen=True, kw_only=True)
class Line:
    """What was written, by whom, how it was read, and where it stands."""

    name: str
    url: str
    text: str
    language: str
    kind: str
    mood: str
    topic: str
    is_sure: bool
    channel: str
    time: str
    time_iso: str
    time_full: str


def of_message(row: Row, now: datetime) -> Line:
    reading = row.reading
    said = reading.interaction
    return Line(
        name=str(said.contact) if said.contact else _("Somebody we do not know"),
        url=_url(row),
        text=shortened(row.text),
        language=reading.language,
        kind=str(reading.get_kind_display()),
        mood=str(reading.get_sentiment_display()),
        topic=str(reading.topic) if reading.topic else "",
        is_sure=reading.is_sure,
        channel=words.channel(said.channel),
        time=times.stamp(reading.at, now),
        time_iso=reading.at.isoformat(),
        time_full=times.full(reading.at),
    )


def of_answer(one: Response, now: datetime) -> dict[str, str]:
    return {
        "name": str(one.contact) if one.contact else _("Somebody we do not know"),
        "url": reverse("contacts:page", args=[one.contact_id]) if one.contact_id else "",
        "score": times.count(one.score or 0),
        "text": shortened(one.comment),
        "language": one.language,
        "time": times.stamp(one.at, now),
        "time_iso": one.at.isoformat(),
        "time_full": times.full(one.at),
    }


def shortened(text: str) -> str:
    line = " ".join(text[: 4 * LONGEST].split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _url(row: Row) -> str:
    if row.conversation_id:
        return f"{reverse('inbox:conversation', args=[row.conversation_id])}#message-{row.message_id}"
    contact = row.reading.interaction.contact_id
    return reverse("contacts:page", args=[contact]) if contact else ""
