"""Two contacts that became one, or may be."""

from django.db import models
from django.db.models.functions import Greatest, Least

from muhatap.accounts.models import User
from muhatap.contacts.models.people import Contact


class Merge(models.Model):
    """Two contacts became one. Everything that moved is written down, so that it can go back."""

    keep = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="merges_kept")
    drop = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="merges_dropped")
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    values_before = models.JSONField(default=dict)
    undone_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(keep=models.F("drop")), name="merge_of_two"),
            models.UniqueConstraint(fields=["drop"], condition=models.Q(undone_at=None), name="merge_standing_once"),
        ]

    def __str__(self) -> str:
        return f"{self.drop_id} → {self.keep_id}"


class MergeMove(models.Model):
    """One row that a merge moved: app.model.field and number. A twin of a row already there could not move and stayed with the dropped contact."""

    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="moves", db_index=False)
    relation = models.CharField(max_length=80)
    row_id = models.BigIntegerField()
    is_twin = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merge", "relation", "row_id"], name="move_once")]

    def __str__(self) -> str:
        return f"{self.relation} {self.row_id}"


class Likeness(models.Model):
    """Something said that two contacts may be one, or somebody answered that they are not. Never merges anybody by itself."""

    one = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="likenesses")
    other = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="likenesses_of_others")
    because = models.CharField(max_length=20)
    detail = models.CharField(max_length=320, blank=True)
    weight = models.FloatField(null=True)
    evidence = models.JSONField(default=list, db_default=[])
    at = models.DateTimeField()
    denied_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    denied_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(one=models.F("other")), name="likeness_of_two"),
            models.UniqueConstraint(Least("one", "other"), Greatest("one", "other"), name="likeness_once"),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} ≈ {self.other_id} ({self.because})"
