from django.db import models
from django.utils.translation import gettext_lazy as _

from muhatap.accounts.models import User


class WebhookEndpoint(models.Model):
    """An address of another system that wants to be told. Its secrets are sealed; the one before stays valid for a while."""

    class Off(models.TextChoices):
        PERSON = "person", _("Turned off by hand")
        GONE = "gone", _("The address answered that it is gone (410)")
        FAILING = "failing", _("It failed for days")

    name = models.CharField(_("Name"), max_length=80)
    url = models.URLField(_("Address"), max_length=1000)
    events = models.JSONField(default=list)
    secret_sealed = models.TextField()
    old_secret_sealed = models.TextField(blank=True)
    old_secret_until = models.DateTimeField(null=True)
    is_on = models.BooleanField(default=True)
    off_because = models.CharField(max_length=10, choices=Off, blank=True)
    off_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    resting_until = models.DateTimeField(null=True)
    n_failed_in_a_row = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_on=True, off_because="", off_at=None)
                | models.Q(is_on=False, off_at__isnull=False) & ~models.Q(off_because=""),
                name="webhook_off_says_why_and_when",
            )
        ]

    def __str__(self) -> str:
        return self.name


class WebhookEvent(models.Model):
    """Something that happened, told once however many endpoints hear of it. `source` says what of, so that a job may run twice."""

    public_id = models.CharField(max_length=40, unique=True)
    source = models.CharField(max_length=120, unique=True)
    type = models.CharField(max_length=40)
    body = models.TextField()
    at = models.DateTimeField()
    conversation_id = models.BigIntegerField(null=True)
    message_id = models.BigIntegerField(null=True)
    contact_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["at"], name="webhook_events_by_age")]

    def __str__(self) -> str:
        return f"{self.type} {self.public_id}"


class WebhookDelivery(models.Model):
    """One event for one endpoint: still to be told, told, or given up."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Gave up")

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries")
    event = models.ForeignKey(WebhookEvent, on_delete=models.CASCADE, related_name="deliveries")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    n_tries = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event"], name="webhook_delivery_once"),
            models.CheckConstraint(
                condition=models.Q(state="waiting", next_at__isnull=False)
                | models.Q(state__in=["delivered", "failed"], next_at=None),
                name="webhook_delivery_waits_for_a_moment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["endpoint", "next_at"], name="webhook_deliveries_due", condition=models.Q(state="waiting")
            ),
            models.Index(fields=["endpoint", "-id"], name="webhook_deliveries_of_endpoint"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} → {self.endpoint_id} {self.state}"


class WebhookAttempt(models.Model):
    """One try: what the other side answered (`status` 0: nothing), how long it took, and an excerpt of its words."""

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(default=0)
    ms = models.PositiveIntegerField(default=0)
    said = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.status} {self.ms} ms"


class WebhookPlace(models.Model):
    """How far the audit has been told to others: its chain is in the order of commits, so a place leaves nothing out."""

    name = models.CharField(max_length=20, unique=True)
    place = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.place}"
