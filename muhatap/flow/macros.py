"""Running a macro: its acts, and its text into the draft of whoever ran it, behind what stands there already."""

from datetime import datetime

from django.db import transaction

from muhatap.accounts.models import User
from muhatap.automation import macros
from muhatap.automation.models import Macro, MacroRun
from muhatap.conversations import drafting
from muhatap.conversations.models import Conversation
from muhatap.shared import richtext


@transaction.atomic
def run(
    *,
    macro: Macro,
    conversation: Conversation,
    by: User,
    at: datetime,
    typed: str | None = None,
    kind: str = "reply",
) -> MacroRun:
    """Do what a macro says. Its text waits in the composer, nothing is sent.

    `typed` is what stands in the composer right now, of this `kind` (reply or note); it is kept first.
    """
    if typed is not None and (typed or drafting.drafts(conversation, by, kind).exists()):
        drafting.save(conversation=conversation, kind=kind, by=by, at=at, html=richtext.clean(typed))
    ran = macros.run(macro=macro, conversation=conversation, by=by, at=at)
    if ran.reply_html:
        begun = drafting.drafts(conversation, by, "reply").values_list("html", flat=True).first() or ""
        drafting.save(conversation=conversation, kind="reply", by=by, at=at, html=f"{begun}{ran.reply_html}")
    return ran.run
