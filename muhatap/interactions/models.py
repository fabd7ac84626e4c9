from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from muhatap.accounts.models import User
from muhatap.channels.models import Inbox
from muhatap.contacts.models import Contact


class RawItem(models.Model):
    """Bytes as they came, kept before anybody looks at them. Unique per inbox by the key of their content or their sender's own id."""

    inbox = models.ForeignKey(Inbox, on_delete=models.PROTECT, related_name="raw_items", db_index=False)
    dedupe_key = models.CharField(max_length=200)
    raw = models.BinaryField()
    meta = models.JSONField(default=dict)
    received_at = models.DateTimeField()
    digested_at = models.DateTimeField(null=True)
    n_attempts = models.PositiveIntegerField(default=0)
    duplicate_of = models.ForeignKey("Interaction", null=True, on_delete=models.SET_NULL, related_name="duplicates")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inbox", "dedupe_key"], name="raw_item_once_per_inbox")]
        indexes = [
            models.Index(fields=["received_at"], condition=models.Q(digested_at=None), name="raw_items_undigested"),
            models.Index(fields=["inbox", "received_at"], name="raw_items_of_inbox"),
        ]

    def __str__(self) -> str:
        return f"{self.inbox_id}:{self.dedupe_key}"


class Quarantine(models.Model):
    """An item that could not be taken in, and why. Released when a retry succeeds or somebody says to leave it."""

    class Reason(models.TextChoices):
        UNREADABLE = "unreadable", _("It could not be read")
        SUSPECTED_DUPLICATE = "suspected_duplicate", _("Its number was used before with other content")
        TOO_LARGE = "too_large", _("It is larger than this inbox accepts")
        FAULT = "fault", _("Something went wrong on our side")

    item = models.ForeignKey(RawItem, on_delete=models.CASCADE, related_name="quarantines")
    reason = models.CharField(max_length=30, choices=Reason)
    detail = models.TextField(blank=True)
    at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    outcome = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item"], condition=models.Q(released_at=None), name="quarantined_once")
        ]
        indexes = [models.Index(fields=["-at", "-id"], condition=models.Q(released_at=None), name="quarantine_waiting")]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.reason}"


class Interaction(models.Model):
    """The ledger: one thing that happened between the company and a contact."""

    class Kind(models.TextChoices):
        MESSAGE = "message", _("Message")
        AUTO_REPLY = "auto_reply", _("Automatic reply")
        BOUNCE = "bounce", _("Returned mail")
        LIST = "list", _("Mailing list")
        NOTE = "note", _("Note")
        SURVEY = "survey", _("Survey")
        VISIT = "visit", _("Visit of the web site")
        ORDER = "order", pgettext_lazy("shop", "Order")
        CASE = "case", pgettext_lazy("service", "Case")

    class Direction(models.TextChoices):
        IN = "in", _("In")
        OUT = "out", _("Out")

    kind = models.CharField(max_length=20, choices=Kind)
    direction = models.CharField(max_length=3, choices=Direction)
    channel = models.CharField(max_length=20)
    inbox = models.ForeignKey(Inbox, null=True, on_delete=models.PROTECT, related_name="interactions", db_index=False)
    contact = models.ForeignKey(
        Contact,
        null=True,
        on_delete=models.CASCADE,
        related_name="interactions",
        db_index=False,
    )
    item = models.OneToOneField(RawItem, null=True, on_delete=models.PROTECT, related_name="interaction")
    external_id = models.CharField(max_length=998, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    title = models.CharField(max_length=300, blank=True)
    excerpt = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["inbox", "external_id"], condition=~models.Q(external_id=""), name="interaction_once_per_inbox"
            ),
            models.CheckConstraint(
                condition=models.Q(direction__in=["in", "out"]), name="interaction_direction_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["contact", "-at", "-id"], name="timeline_of_contact"),
            models.Index(fields=["inbox", "direction", "-at"], name="interactions_of_inbox"),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.kind} {self.title}"


class Post(models.Model):
    """What somebody said where others can read it (or told us otherwise than by writing): its words, its author, its address.

    `opened_at`: it became a conversation; until then it only stands among the posts heard. What its author erased has no words.
    """

    interaction = models.OneToOneField(Interaction, on_delete=models.CASCADE, related_name="post")
    inbox = models.ForeignKey(Inbox, on_delete=models.PROTECT, related_name="posts")
    url = models.CharField(max_length=2000, blank=True)
    author = models.CharField(max_length=200, blank=True)
    handle = models.CharField(max_length=320, blank=True)
    text = models.TextField(blank=True)
    rating = models.SmallIntegerField(null=True)
    at = models.DateTimeField()
    version_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rating=None) | models.Q(rating__gte=1, rating__lte=5), name="post_rating_is_of_five"
            ),
            models.CheckConstraint(
                condition=models.Q(erased_at=None) | models.Q(text="", author="", handle="", url=""),
                name="post_erased_says_nothing",
            ),
        ]
        indexes = [
            models.Index(
                fields=["inbox", "-at", "-id"],
                condition=models.Q(opened_at=None, erased_at=None),
                name="posts_only_heard",
            )
        ]

    def __str__(self) -> str:
        return self.url or f"{self.inbox_id}: {self.author}"


class Outgoing(models.Model):
    """The outbox: one thing to be sent. Its state only moves forward; a database trigger refuses a step back.

    `handing` is committed right before the provider may accept. Whoever finds it there later cannot know: it becomes
    `uncertain` and waits for a person, because sending twice is worse than asking.
    """

    class State(models.IntegerChoices):
        QUEUED = 10, _("Queued")
        CANCELLED = 15, _("Taken back")
        HANDING = 20, _("Being handed over")
        UNCERTAIN = 25, _("Not known whether it went")
        ACCEPTED = 30, _("Sent")
        DELIVERED = 40, _("Delivered")
        READ = 50, _("Read")
        FAILED = 60, _("Not sent")
        BOUNCED = 70, _("Returned")

    interaction = models.ForeignKey(Interaction, on_delete=models.CASCADE, related_name="outgoing")
    inbox = models.ForeignKey(Inbox, on_delete=models.PROTECT, related_name="outgoing", db_index=False)
    message_id = models.CharField(max_length=250)
    n_try = models.PositiveSmallIntegerField(default=1)
    outbound = models.JSONField()
    state = models.SmallIntegerField(choices=State, default=State.QUEUED)
    not_before = models.DateTimeField()
    state_at = models.DateTimeField()
    n_attempts = models.PositiveSmallIntegerField(default=0)
    detail = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message_id", "n_try"], name="outgoing_once_per_try")]
        indexes = [
            models.Index(fields=["not_before"], condition=models.Q(state=10), name="outgoing_due"),
            models.Index(fields=["state_at"], condition=models.Q(state=20), name="outgoing_in_hand"),
            models.Index(fields=["inbox", "state", "-state_at"], name="outgoing_of_inbox"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.get_state_display()}"


class Delivery(models.Model):
    """One attempt to send, and what the provider said; or what it reported later."""

    outgoing = models.ForeignKey(Outgoing, on_delete=models.CASCADE, related_name="deliveries")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=20)
    detail = models.CharField(max_length=500, blank=True)
    provider_id = models.CharField(max_length=250, blank=True)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.outcome}"
