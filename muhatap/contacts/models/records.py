"""What sources said of people, and what was decided about who is who."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from muhatap.accounts.models import User
from muhatap.contacts.models.people import Contact


class SourceRecord(models.Model):
    """What one source said of one person, as it was given. Its words never change (trigger); a new word is a new version.

    `home_id` is the contact the ledger last linked it to, `contact` the one in which it stands: that home, or what the home
    was merged into. So taking a merge apart needs no memory of which records it moved.
    """

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="records")
    home_id = models.BigIntegerField()
    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=320)
    version = models.IntegerField(default=1)
    told = models.JSONField(default=dict)
    values = models.JSONField(default=dict)
    normal = models.JSONField(default=dict)
    is_trusted = models.BooleanField(default=False)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    is_current = models.BooleanField(default=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id", "version"], name="record_version_once"),
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=models.Q(is_current=True), name="record_current_once"
            ),
            models.CheckConstraint(
                condition=models.Q(is_current=False) | models.Q(withdrawn_at=None), name="record_withdrawn_is_past"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.external_id}"


class LedgerEntry(models.Model):
    """One thing somebody decided about who is who. Append-only (trigger), without foreign keys: it outlives what it speaks of.

    `one` and `other` are contacts (of a merge: the kept and the dropped one; of a bond: the lower number first).
    """

    class Kind(models.TextChoices):
        LINK = "link", _("Linked")
        UNLINK = "unlink", _("Unlinked")
        MERGE = "merge", pgettext_lazy("ledger", "Merged")
        UNMERGE = "unmerge", _("Un-merged")
        SPLIT = "split", pgettext_lazy("ledger", "Split")
        MUST_LINK = "must_link", _("The same person")
        CANNOT_LINK = "cannot_link", _("Different people")
        FREE = "free", _("Undecided again")

    kind = models.CharField(max_length=12, choices=Kind)
    one = models.BigIntegerField()
    other = models.BigIntegerField(null=True)
    record_id = models.BigIntegerField(null=True)
    merge_id = models.BigIntegerField(null=True)
    evidence = models.JSONField(default=dict)
    reason = models.CharField(max_length=200, blank=True)
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind__in=["must_link", "cannot_link", "free"])
                | models.Q(one__lt=models.F("other")),
                name="bond_lower_first",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind__in=["link", "unlink"]) | models.Q(record_id__isnull=False),
                name="link_of_a_record",
            ),
        ]
        indexes = [
            models.Index(fields=["one", "-id"], name="ledger_of_one"),
            models.Index(fields=["other", "-id"], name="ledger_of_other", condition=models.Q(other__isnull=False)),
            models.Index(
                fields=["record_id", "-id"], name="ledger_of_record", condition=models.Q(record_id__isnull=False)
            ),
            models.Index(
                fields=["one", "other", "-id"],
                name="ledger_bonds",
                condition=models.Q(kind__in=["must_link", "cannot_link", "free"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.one} {self.other or self.record_id}"


class MatchKey(models.Model):
    """A key under which a current source record is sought. The primary key is the index that answers, so nothing else is read."""

    pk = models.CompositePrimaryKey("key", "record_id")
    key = models.BigIntegerField()
    record = models.ForeignKey(SourceRecord, on_delete=models.CASCADE, related_name="keys")

    def __str__(self) -> str:
        return f"{self.key} → {self.record_id}"


class SurvivorshipRule(models.Model):
    """How one field's value is chosen, where it is not by the default: the steps in their order, how much each source is believed."""

    field = models.CharField(max_length=60, unique=True)
    steps = models.JSONField(default=list)
    trust = models.JSONField(default=dict)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.field


class LearnedWeights(models.Model):
    """What answers of people taught on top of the starting weights: bits for each field and level. The newest that is used stands.

    `base` is the starting model they were learned on; on another one they do not hold. The losses are of answers that were
    held back (bits an answer), before and after.
    """

    bits = models.JSONField(default=dict)
    base = models.CharField(max_length=16)
    n_answers = models.PositiveIntegerField()
    loss_before = models.FloatField()
    loss_after = models.FloatField()
    is_used = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_used=False) | models.Q(loss_after__lte=models.F("loss_before")),
                name="learned_weights_used_when_not_worse",
            )
        ]
        indexes = [models.Index(fields=["-id"], name="learned_weights_used", condition=models.Q(is_used=True))]

    def __str__(self) -> str:
        return f"{self.base}-{self.pk}"
