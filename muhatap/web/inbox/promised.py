"""Promises in a draft as lines under it: those that were confirmed, those that are only offered."""

from datetime import datetime

from django.utils.translation import gettext as _

from muhatap.accounts.models import User
from muhatap.conversations.models import Conversation
from muhatap.flow import promises
from muhatap.flow.promises import Offer
from muhatap.service.models import Promise
from muhatap.shared import richtext
from muhatap.shared.text import fold
from muhatap.web.common import times
from muhatap.web.common.links import link
from muhatap.web.inbox.display import Promised

SHOWN = 3
WORDS = 90


def noted(conversation: Conversation, user: User, html: str, *, now: datetime) -> tuple[Promised, ...]:
    """What somebody confirmed and has not sent yet; what was written over says so."""
    rows = list(promises.drafted(conversation, user))
    text = _plain(richtext.to_text(html)) if rows else ""
    return tuple(_noted(row, _plain(row.words) in text, now) for row in rows)


def offered(conversation: Conversation, found: list[Offer], *, now: datetime) -> tuple[Promised, ...]:
    return tuple(_offered(conversation, one, now) for one in found[:SHOWN])


def _noted(row: Promise, stands: bool, now: datetime) -> Promised:
    due = times.stamp(row.due_at, now)
    return Promised(
        text=_("Promise, due %(due)s, owed when this is sent:") % {"due": due}
        if stands
        else _("Promise, due %(due)s. Its words are no longer here, so sending this does not promise it:")
        % {"due": due},
        words=_short(row.words or row.what),
        forget_url=link("inbox:forget_promise", row.conversation_id or 0, row.pk),
    )


def _offered(conversation: Conversation, one: Offer, now: datetime) -> Promised:
    due = times.stamp(one.terms.due_at, now)
    said = _("A promise, due %(due)s?") if one.is_said else _("A promise? No moment is said; we would take %(due)s:")
    return Promised(
        text=said % {"due": due},
        words=_short(one.terms.words),
        save_url=f"{link('inbox:save_promise', conversation.pk)}?key={one.key}",
        edit_url=f"{link('inbox:edit_promise', conversation.pk)}?key={one.key}",
        deny_url=f"{link('inbox:deny_promise', conversation.pk)}?key={one.key}",
    )


def _short(words: str) -> str:
    return words if len(words) <= WORDS else words[: WORDS - 1] + "…"


def _plain(text: str) -> str:
    return " ".join(fold(text).split())
