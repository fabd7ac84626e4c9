"""What the chat need not remember: signatures that ran out, windows nobody wrote in, files nobody sent."""

from datetime import datetime, timedelta

from django.db import transaction

from muhatap.channels.webchat.models import ChatFile, ChatSession, SpentSignature
from muhatap.channels.webchat.signed import LEEWAY

KEPT = timedelta(days=30)  # a browser that was offline for long may still send what waits in it


@transaction.atomic
def tidy(*, at: datetime) -> None:
    """Forget them. What was said stays: a line carries its own files."""
    SpentSignature.objects.filter(expires_at__lt=at - 2 * LEEWAY).delete()
    ChatFile.objects.filter(at__lt=at - KEPT).delete()
    ChatSession.objects.filter(last_seen_at__lt=at - KEPT, lines=None, files=None).delete()
