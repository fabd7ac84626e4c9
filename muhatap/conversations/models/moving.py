"""What was done to whole threads, so that it can go back; and who is kept out."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from muhatap.accounts.models import User
from muhatap.conversations.models.threads import Conversation


class Rearrangement(models.Model):
    """Messages were split off, moved or threads merged; what moved is written down, so that it can go back."""

    kind = models.CharField(max_length=10, choices=[("split", _("Split")), ("move", _("Move")), ("merge", _("Merge"))])
    source = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="rearranged_from")
    target = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="rearranged_to")
    moved = models.JSONField(default=dict)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.source_id} → {self.target_id}"


class BulkAct(models.Model):
    """One act on many conversations: who asked for what, how far it is, and what stood before, so that it can go back."""

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Stopped")
        UNDOING = "undoing", _("Being taken back")
        UNDONE = "undone", _("Taken back")

    act = models.CharField(max_length=20)
    value = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="bulk_acts")
    at = models.DateTimeField()
    n_total = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["running", "done", "cancelled", "undoing", "undone"]),
                name="bulk_act_state_is_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.act} × {self.n_total}"


class BulkItem(models.Model):
    """One conversation of an act on many. `outcome` is empty until its turn; `left` says in a code why nothing was done."""

    bulk = models.ForeignKey(BulkAct, on_delete=models.CASCADE, related_name="items", db_index=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=10, blank=True)
    left = models.CharField(max_length=20, blank=True)
    before = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bulk", "conversation"], name="bulk_item_once"),
            models.CheckConstraint(
                condition=models.Q(outcome__in=["", "changed", "left", "back", "kept"]),
                name="bulk_item_outcome_is_known",
            ),
        ]
        indexes = [models.Index(fields=["bulk", "outcome", "id"], name="bulk_items_by_outcome")]

    def __str__(self) -> str:
        return f"{self.bulk_id}: {self.conversation_id} {self.outcome}"


class SenderBlock(models.Model):
    """An address or a domain whose mail goes straight to spam, until somebody lifts the block or its time is over."""

    value = models.CharField(max_length=320)
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["value"], condition=models.Q(lifted_at=None), name="sender_blocked_once")
        ]

    def __str__(self) -> str:
        return self.value
