"""Running a macro: its acts, and its text into the draft of whoever ran it, behind what stands there already."""

from datetime import datetime

from django.db import transaction

from muhatap.accounts.models import User
from muhatap.automation import macros
from muhatap.automation.models import Macro, MacroRun
from muhatap.conversations import drafting
from muhatap.conversations.models import Conversation, Draft
from muhatap.shared import richtext


@transaction.atomic
def run(*, macro: Macro, conversation: Conversation, by: User, at: datetime, typed: str | None = None) -> MacroRun:
    """Do what a macro says. Its text waits in the composer, nothing is sent; `typed` is what stands in it right now."""
    ran = macros.run(macro=macro, conversation=conversation, by=by, at=at)
    if ran.reply_html:
        kept = (
            Draft.objects.filter(conversation=conversation, by=by, kind="reply").values_list("html", flat=True).first()
        )
        begun = richtext.clean(typed) if typed is not None else kept or ""
        html = f"{begun}{ran.reply_html}"
        drafting.save(conversation=conversation, kind="reply", by=by, at=at, html=html)
    return ran.run
