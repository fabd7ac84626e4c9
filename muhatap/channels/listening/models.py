from django.db import models

from muhatap.channels.listening.trouble import Trouble
from muhatap.channels.models import Inbox


class Source(models.Model):
    """How far a listening inbox has been read, and how it goes. Sources that bring their news themselves have no next look."""

    inbox = models.OneToOneField(Inbox, on_delete=models.CASCADE, related_name="source")
    mark = models.JSONField(default=dict)
    looked_at = models.DateTimeField(null=True)
    ok_at = models.DateTimeField(null=True)
    next_look_at = models.DateTimeField(null=True)
    n_new = models.PositiveIntegerField(default=0)
    n_failures = models.PositiveIntegerField(default=0)
    trouble = models.CharField(max_length=20, choices=Trouble, blank=True)
    trouble_detail = models.CharField(max_length=400, blank=True)
    trouble_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(trouble="", trouble_since=None)
                | models.Q(~models.Q(trouble=""), trouble_since__isnull=False),
                name="source_trouble_has_a_beginning",
            )
        ]
        indexes = [models.Index(fields=["next_look_at"], name="sources_due")]

    def __str__(self) -> str:
        return f"{self.inbox_id}: {self.looked_at}"
