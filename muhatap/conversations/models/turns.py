"""Whose turn it is: resolved, asleep, promised until when."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from muhatap.accounts.models import User
from muhatap.conversations.models.threads import Conversation, Message


class Closure(models.Model):
    """A conversation was resolved (or put away as spam), by whom and when; reopened when `ended_at` stands."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="closures")
    outcome = models.CharField(max_length=10, choices=[("resolved", _("Resolved")), ("spam", _("Spam"))])
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    ended_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], condition=models.Q(ended_at=None), name="closure_standing_once"
            )
        ]
        indexes = [
            # Rules that look each minute for what has been settled long enough.
            models.Index(fields=["outcome", "at", "id"], condition=models.Q(ended_at=None), name="closures_standing")
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.outcome}"


class Snooze(models.Model):
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="snoozes")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], condition=models.Q(ended_at=None), name="snooze_standing_once"
            )
        ]
        indexes = [models.Index(fields=["until"], condition=models.Q(ended_at=None), name="snoozes_due")]

    def __str__(self) -> str:
        return f"{self.conversation_id} → {self.until:%Y-%m-%d %H:%M}"


class Deadline(models.Model):
    """Until when we promised to do something here, by which policy, and what became of it: met, or dropped when nothing
    was left to do. `paused_seconds` is working time in which the promise rested; while `paused_at` stands it rests now.
    """

    class Kind(models.TextChoices):
        FIRST_RESPONSE = "first_response", _("First response")
        NEXT_RESPONSE = "next_response", _("Next response")
        RESOLUTION = "resolution", _("Resolution")

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="deadlines", db_index=False)
    kind = models.CharField(max_length=20, choices=Kind)
    policy_id = models.BigIntegerField()
    policy_name = models.CharField(max_length=120)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    warn_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)
    met_by = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL, related_name="+")
    worked_seconds = models.BigIntegerField(null=True)
    dropped_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    paused_seconds = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "kind", "started_at"], name="deadline_once"),
            models.UniqueConstraint(
                fields=["conversation", "kind"],
                condition=models.Q(met_at=None, dropped_at=None),
                name="deadline_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["first_response", "next_response", "resolution"]),
                name="deadline_kind_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(met_at=None) | models.Q(dropped_at=None), name="deadline_met_or_dropped"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="deadlines_due",
                condition=models.Q(met_at=None, dropped_at=None, paused_at=None, breached_at=None),
            ),
            models.Index(
                fields=["warn_at"],
                name="deadlines_to_warn",
                condition=models.Q(
                    met_at=None,
                    dropped_at=None,
                    paused_at=None,
                    breached_at=None,
                    warned_at=None,
                    warn_at__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.kind} ≤ {self.due_at:%Y-%m-%d %H:%M}"

    @property
    def is_open(self) -> bool:
        return self.met_at is None and self.dropped_at is None
