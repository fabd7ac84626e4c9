"""What is being written, and what waits to be sent."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from muhatap.accounts.models import User
from muhatap.conversations.models.threads import Conversation, Message


class Draft(models.Model):
    """What somebody is writing; it lives here, so that no browser can lose it."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="drafts", db_index=False)
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=10, choices=[("reply", _("Reply")), ("note", _("Note"))])
    html = models.TextField(blank=True)
    to = models.JSONField(default=list)
    cc = models.JSONField(default=list)
    bcc = models.JSONField(default=list)
    files = models.JSONField(default=list)
    answers = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL, related_name="+")
    signed_with = models.CharField(max_length=20, blank=True, default="", db_default="")
    saved_at = models.DateTimeField()
    version = models.PositiveIntegerField(db_default=1, default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "by", "kind"], name="draft_once")]

    def __str__(self) -> str:
        return f"{self.by} {self.kind} {self.conversation_id}"


class DraftCopy(models.Model):
    """A draft as it was before another device wrote over it or somebody threw it away: it can be brought back."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="draft_copies", db_index=False
    )
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=[("reply", _("Reply")), ("note", _("Note"))])
    because = models.CharField(max_length=20, choices=[("elsewhere", _("Elsewhere")), ("discarded", _("Discarded"))])
    content = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["conversation", "by"], name="draft_copies_of_writer")]

    def __str__(self) -> str:
        return f"{self.because} {self.kind} {self.conversation_id}"


class Scheduled(models.Model):
    """An answer to be sent at a moment. Nothing of it is in the thread or the outbox before; whoever writes meanwhile holds it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Scheduled")
        HELD = "held", _("Held")
        SENT = "sent", _("Sent")
        CANCELLED = "cancelled", _("Taken back")

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="scheduled")
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="scheduled")
    html = models.TextField(blank=True)
    to = models.JSONField(default=list)
    cc = models.JSONField(default=list)
    bcc = models.JSONField(default=list)
    files = models.JSONField(default=list)
    signed_with = models.CharField(max_length=20, blank=True, default="", db_default="")
    seen_message_id = models.BigIntegerField(default=0)
    and_resolve = models.BooleanField(default=False)
    send_at = models.DateTimeField()
    scheduled_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    state_at = models.DateTimeField()
    held_because = models.CharField(max_length=40, blank=True)
    message = models.OneToOneField(Message, null=True, on_delete=models.SET_NULL, related_name="scheduled")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "held", "sent", "cancelled"]), name="scheduled_state_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state="held") & ~models.Q(held_because="") | ~models.Q(state="held"),
                name="scheduled_held_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["send_at"], condition=models.Q(state="waiting"), name="scheduled_due"),
            models.Index(fields=["by"], condition=models.Q(state__in=["waiting", "held"]), name="scheduled_of_writer"),
            models.Index(
                fields=["conversation"], condition=models.Q(state__in=["waiting", "held"]), name="scheduled_standing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.by} → {self.send_at:%Y-%m-%d %H:%M} {self.state}"
