"""The company’s own tree of topics, and what was merged in it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from muhatap.accounts.models import User


class Topic(models.Model):
    """What messages are about: a branch of the company's own tree. `slug` names it for good; `base` is the answer of the
    reader's own model that stands here until somebody teaches it better.
    """

    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    name = models.CharField(_("Name"), max_length=80)
    name_en = models.CharField(_("Name in English"), max_length=80, blank=True)
    slug = models.SlugField(max_length=60, unique=True)
    base = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged_topics")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="topic_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(parent=None) | ~models.Q(parent=models.F("id")), name="topic_is_not_its_own_parent"
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | models.Q(archived_at__isnull=False),
                name="topic_merged_is_archived",
            ),
            models.UniqueConstraint(fields=["base"], condition=~models.Q(base=""), name="topic_of_base_once"),
            models.UniqueConstraint(
                "parent",
                Lower("name"),
                condition=models.Q(archived_at=None),
                nulls_distinct=False,
                name="topic_named_once_in_its_branch",
            ),
        ]

    def __str__(self) -> str:
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


class TopicMerge(models.Model):
    """Two topics became one. What moved is written down and goes back when it is undone."""

    kept = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="+")
    dropped = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="+")
    children = ArrayField(models.BigIntegerField(), default=list)
    base = models.CharField(max_length=20, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(kept=models.F("dropped")), name="topic_merge_of_two"),
            models.UniqueConstraint(
                fields=["dropped"], condition=models.Q(undone_at=None), name="topic_merge_standing_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dropped_id} → {self.kept_id}"
