"""A deadline as it is shown: how long yet or how long over, and when it turns amber. The browser goes on counting."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from muhatap.conversations import deadlines
from muhatap.conversations.listed import Line
from muhatap.conversations.models import Conversation, Deadline
from muhatap.web.common import times
from muhatap.web.common.due import until
from muhatap.web.common.links import link


@dataclass(frozen=True, kw_only=True)
class Due:
    """`state` is "", "soon" or "late"; `word` says what is due. Empty `text` when nothing is."""

    text: str = ""
    state: str = ""
    iso: str = ""
    soon_iso: str = ""
    word: str = ""
    title: str = ""
    reload_url: str = ""
    live: str = ""


def of(deadline: Deadline, now: datetime) -> Due:
    return Due(
        **until(deadline.due_at, deadline.warn_at, now),
        word=pgettext("deadline", "Resolve")
        if deadline.kind == Deadline.Kind.RESOLUTION
        else pgettext("deadline", "Reply"),
        title=_("%(what)s until %(when)s, policy “%(policy)s”")
        % {"what": deadline.get_kind_display(), "when": times.full(deadline.due_at), "policy": deadline.policy_name},
    )


def of_conversation(conversation: Conversation, now: datetime) -> Due:
    """What stands in the head of a conversation, and how it reads itself again."""
    found = deadlines.of_rows([conversation]).get(conversation.pk)
    part = {
        "reload_url": link("inbox:deadline", conversation.pk),
        "live": f"conversation:{conversation.pk}",
    }
    shown = of(found, now) if found else Due()
    return Due(**{**shown.__dict__, **part})


def of_row(line: Line, now: datetime) -> dict[str, Any]:
    """What stands at the right of a row: the deadline, else since when they wait."""
    if line.next_deadline_at:
        span = until(line.next_deadline_at, line.warn_at, now)
        return {f"deadline_{name}" if name != "text" else "deadline": value for name, value in span.items()}
    if line.waiting_since:
        return {"deadline": _("waiting %(span)s") % {"span": times.span(now - line.waiting_since)}}
    return {}
