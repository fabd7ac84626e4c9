"""A thread, who takes part in it, and what is in it."""

from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from muhatap.accounts.models import Team, User
from muhatap.channels.models import Inbox
from muhatap.contacts.models import Contact, Tag
from muhatap.interactions.models import Interaction


class Conversation(models.Model):
    """A thread with one contact in one inbox. The row carries what lists show, so that no list counts or digs.

    `said_…` is what they said since it was last opened, as it was read (flow/understanding.py); `said_topic` is a number in a
    room this one does not know.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        WAITING = "waiting", _("Waiting for them")
        SNOOZED = "snoozed", _("Snoozed")
        RESOLVED = "resolved", _("Resolved")
        SPAM = "spam", _("Spam")

    SAID_KINDS = ("complaint", "request", "question", "praise", "other")

    class Priority(models.IntegerChoices):
        """Larger is more urgent, so that lists can sort by it."""

        LOW = -1, _("Low priority")
        NORMAL = 0, _("Normal priority")
        HIGH = 1, _("High priority")
        URGENT = 2, _("Urgent")

    inbox = models.ForeignKey(Inbox, on_delete=models.PROTECT, related_name="conversations", db_index=False)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="conversations", db_index=False)
    subject = models.CharField(_("Subject"), max_length=300, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    priority = models.SmallIntegerField(choices=Priority, default=Priority.NORMAL, db_default=0)
    assignee = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="assigned")
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="conversations", db_index=False
    )
    created_at = models.DateTimeField()
    last_message_at = models.DateTimeField()
    last_inbound_at = models.DateTimeField(null=True)
    last_inbound_id = models.BigIntegerField(null=True)
    preview = models.CharField(max_length=200, blank=True)
    preview_kind = models.CharField(max_length=10, blank=True)
    waiting_since = models.DateTimeField(null=True)
    said_kind = models.CharField(max_length=10, blank=True, default="", db_default="")
    said_topic = models.BigIntegerField(null=True)
    is_said_urgent = models.BooleanField(default=False, db_default=False)
    next_deadline_at = models.DateTimeField(null=True)
    tags = models.ManyToManyField(Tag, through="ConversationTag", related_name="conversations")
    search_text = models.TextField(editable=False, default="")
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="absorbed")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=["open", "waiting", "snoozed", "resolved", "spam"]),
                name="conversation_status_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(priority__in=[-1, 0, 1, 2]), name="conversation_priority_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(said_kind__in=["", "complaint", "request", "question", "praise", "other"]),
                name="conversation_said_kind_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["inbox", "status", "-last_message_at", "-id"], name="conversations_of_inbox"),
            models.Index(fields=["status", "-last_message_at", "-id"], name="conversations_by_status"),
            models.Index(fields=["team", "status", "-last_message_at", "-id"], name="conversations_of_team"),
            models.Index(
                fields=["assignee", "status", "-last_message_at", "-id"],
                name="conversations_of_assignee",
                condition=models.Q(assignee__isnull=False),
            ),
            models.Index(
                fields=["status", "-last_message_at", "-id"],
                name="conversations_unassigned",
                condition=models.Q(assignee=None),
            ),
            models.Index(fields=["contact", "-last_message_at"], name="conversations_of_contact"),
            models.Index(
                fields=["next_deadline_at", "id"],
                name="conversations_due",
                condition=models.Q(next_deadline_at__isnull=False),
            ),
            models.Index(
                fields=["contact"],
                name="conversations_complaining",
                condition=models.Q(said_kind="complaint", status__in=["open", "waiting", "snoozed"]),
            ),
            # Rules that look each minute for whoever has waited too long.
            models.Index(
                fields=["waiting_since", "id"],
                name="conversations_unanswered",
                condition=models.Q(waiting_since__isnull=False),
            ),
            GinIndex(fields=["search_text"], opclasses=["gin_trgm_ops"], name="conversation_search"),
        ]

    def __str__(self) -> str:
        return self.subject or f"{self.contact}"

    @property
    def is_closed(self) -> bool:
        return self.status in (self.Status.RESOLVED, self.Status.SPAM)


class Participant(models.Model):
    """Somebody who takes part in a thread by an address. Threading by weak hints is allowed for these only."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="participants", db_index=False
    )
    contact = models.ForeignKey(Contact, null=True, on_delete=models.CASCADE, related_name="participations")
    address = models.CharField(max_length=320)
    name = models.CharField(max_length=200, blank=True)
    since_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "address"], name="participant_once")]

    def __str__(self) -> str:
        return self.name or self.address


class Message(models.Model):
    """One entry in a conversation: inbound, outbound, note, or event (something done, told in the thread)."""

    class Kind(models.TextChoices):
        INBOUND = "inbound", _("Inbound")
        OUTBOUND = "outbound", _("Outbound")
        NOTE = "note", _("Note")
        EVENT = "event", _("Event")

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages", db_index=False)
    inbox = models.ForeignKey(Inbox, on_delete=models.PROTECT, related_name="messages")
    interaction = models.OneToOneField(Interaction, null=True, on_delete=models.SET_NULL, related_name="message")
    kind = models.CharField(max_length=10, choices=Kind)
    is_automatic = models.BooleanField(default=False)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.SET_NULL, related_name="messages")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    sender = models.JSONField(default=dict)
    to = models.JSONField(default=list)
    cc = models.JSONField(default=list)
    bcc = models.JSONField(default=list)
    reply_to = models.JSONField(default=list)
    subject = models.CharField(max_length=998, blank=True)
    text = models.TextField(blank=True)
    reply_text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    external_id = models.CharField(max_length=998, blank=True)
    references = models.JSONField(default=list)
    defects = models.JSONField(default=list)
    placed_because = models.CharField(max_length=40, blank=True)
    placed_details = models.JSONField(default=dict)
    event = models.CharField(max_length=40, blank=True)
    event_details = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["inbox", "external_id"], condition=~models.Q(external_id=""), name="message_once_per_inbox"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["inbound", "outbound", "note", "event"]), name="message_kind_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["conversation", "at", "id"], name="messages_of_conversation"),
            # Other systems ask what changed since a moment; rows lie in the order of recording, so a few pages answer.
            BrinIndex(fields=["recorded_at"], name="messages_by_recording", autosummarize=True, pages_per_range=32),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"

    @property
    def is_unwanted(self) -> bool:
        """Whether it came straight into spam, from a blocked sender say: it makes nothing happen."""
        return self.kind == self.Kind.INBOUND and self.conversation.status == Conversation.Status.SPAM


class Attachment(models.Model):
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=255)
    type = models.CharField(max_length=127)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    content_id = models.CharField(max_length=255, blank=True)
    is_inline = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class Mention(models.Model):
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="mentions", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mentions")
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "user"], name="mention_once")]
        indexes = [models.Index(fields=["user", "-at"], condition=models.Q(seen_at=None), name="mentions_unseen")]

    def __str__(self) -> str:
        return f"@{self.user}"


class ConversationTag(models.Model):
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="taggings", db_index=False)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="conversation_taggings")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "tag"], name="conversation_tag_once")]

    def __str__(self) -> str:
        return f"{self.conversation_id} · {self.tag}"


class FieldValues(models.Model):
    """What the firm's own fields hold for one conversation; beside the row, so that lists stay lean."""

    conversation = models.OneToOneField(
        Conversation, primary_key=True, on_delete=models.CASCADE, related_name="field_values"
    )
    values = models.JSONField(default=dict)

    class Meta:
        indexes = [GinIndex(fields=["values"], opclasses=["jsonb_path_ops"], name="conversation_fields")]

    def __str__(self) -> str:
        return f"{self.conversation_id}: {self.values}"
