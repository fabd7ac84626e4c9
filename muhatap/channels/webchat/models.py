from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from muhatap.channels.models import Inbox


class ChatSession(models.Model):
    """One browser in one inbox. Whoever holds its token sees its lines, and nobody else; only the token's hash is kept.

    A session is not a person: who the visitor is, contacts decide from its claims. `subject` stands only after a
    signed identity, and from then on the session opens only together with a signature of that same customer; its
    token alone goes on until `signed_until`, when the newest signature runs out.
    """

    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="chat_sessions")
    visitor_id = models.CharField(max_length=40, unique=True)
    token_hash = models.CharField(max_length=64, unique=True)
    subject = models.CharField(max_length=200, blank=True)
    signed_until = models.DateTimeField(null=True)
    name = models.CharField(_("Name"), max_length=120, blank=True)
    email = models.CharField(_("E-mail"), max_length=320, blank=True)
    is_email_verified = models.BooleanField(default=False)
    language = models.CharField(max_length=5, default="tr")
    page_url = models.CharField(max_length=1000, blank=True)
    page_title = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_email_verified=False) | ~models.Q(subject=""),
                name="chat_email_verified_by_signature_only",
            )
        ]
        indexes = [models.Index(fields=["inbox", "-last_seen_at"], name="chat_sessions_of_inbox")]

    def __str__(self) -> str:
        return self.name or self.visitor_id


class ChatLine(models.Model):
    """One line in the visitor's window. `key` is the widget's own id of what came in, our message id of what went out.

    This is the provider's side of the chat, as a mailbox is for mail: what the visitor is shown, in the order it was
    said. The unique key makes sending and receiving repeatable without doubling.
    """

    class Direction(models.TextChoices):
        IN = "in", _("In")
        OUT = "out", _("Out")

    session = models.ForeignKey(ChatSession, on_delete=models.CASCADE, related_name="lines")
    direction = models.CharField(max_length=3, choices=Direction)
    key = models.CharField(max_length=250)
    author = models.CharField(max_length=120, blank=True)
    text = models.TextField(blank=True)
    files = models.JSONField(default=list)
    at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "direction", "key"], name="chat_line_once"),
            models.CheckConstraint(
                condition=models.Q(direction__in=["in", "out"]), name="chat_line_direction_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["session", "id"], name="chat_lines_of_session"),
            models.Index(
                fields=["at"],
                condition=models.Q(direction="out", read_at=None, mailed_at=None),
                name="chat_lines_unread",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.at:%Y-%m-%d %H:%M} {self.text[:40]}"

    @property
    def is_out(self) -> bool:
        return self.direction == self.Direction.OUT


class ChatFile(models.Model):
    """A file a visitor put up, checked, and not yet (or already) part of a line."""

    session = models.ForeignKey(ChatSession, on_delete=models.CASCADE, related_name="files")
    public_id = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=255)
    type = models.CharField(max_length=127)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    def as_ref(self) -> dict[str, Any]:
        return {"name": self.name, "type": self.type, "size": self.size, "sha256": self.sha256}


class SpentSignature(models.Model):
    """A signed identity and the one browser it was first shown by: copied into another, it opens nothing."""

    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="spent_signatures")
    digest = models.CharField(max_length=64)
    session = models.ForeignKey(ChatSession, on_delete=models.CASCADE, related_name="signatures")
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inbox", "digest"], name="signature_spent_once")]
        indexes = [models.Index(fields=["expires_at"], name="signatures_by_expiry")]

    def __str__(self) -> str:
        return self.digest[:12]
