"""What corrections taught."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from muhatap.accounts.models import User
from muhatap.understanding.models.readings import is_probability


class LearnedModelQuery(models.QuerySet["LearnedModel"]):
    """What was learned, newest or not."""

    def light(self) -> Self:
        """Without what they know of messages: it is much, and only reading, forgetting and looking behind a figure need it."""
        return self.defer("bytes", "readings", "corrections", "held_back")

    def listed(self) -> Self:
        """With how many corrections and held-back readings are known by number."""
        return self.annotate(n_said=models.F("corrections__len"), n_judged=models.F("held_back__len"))


class LearnedModel(models.Model):
    """What corrections taught about one field, on top of the model that comes with the program; used only when it judges
    corrections that were held back no worse. The newest used one that was not taken back and has its bytes stands.

    `readings` and `corrections` are the numbers of those it learned from; empty beside bytes, nobody knows. `held_back` are those of the
    readings it was judged by. `forgotten_at` is when its bytes went because something it knew was erased or taken back.
    """

    class About(models.TextChoices):
        KIND = "kind", pgettext_lazy("message", "Kind")
        URGENCY = "urgency", pgettext_lazy("message", "Urgency")
        SENTIMENT = "sentiment", pgettext_lazy("message", "Mood")
        TOPIC = "topic", pgettext_lazy("message", "Topic")

    class Why(models.TextChoices):
        BETTER = "better", _("It reads held-back corrections better")
        NO_WORSE = "no_worse", _("It reads held-back corrections no worse")
        WORSE = "worse", _("It reads held-back corrections worse")
        NOISE = "noise", _("What was corrected shows no pattern")
        CLASS_FELL = "class_fell", _("It reads one answer clearly worse")
        TOO_FEW = "too_few", _("There are too few corrections to judge it")

    n_said: int  # with `listed`
    n_judged: int

    about = models.CharField(max_length=10, choices=About)
    base = models.CharField(max_length=64)
    fitted_at = models.DateTimeField()
    n_corrections = models.PositiveIntegerField()
    n_held_back = models.PositiveIntegerField()
    before = models.FloatField()
    after = models.FloatField()
    figures = models.JSONField(default=dict)
    is_used = models.BooleanField()
    why = models.CharField(max_length=12, choices=Why)
    bytes = models.BinaryField()
    readings = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    corrections = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    held_back = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    forgotten_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField(null=True)

    objects = LearnedModelQuery.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(about__in=["kind", "urgency", "sentiment", "topic"]), name="learned_about_is_known"
            ),
            models.CheckConstraint(
                condition=is_probability("before") & is_probability("after"), name="learned_figures_are_shares"
            ),
            models.CheckConstraint(
                condition=models.Q(is_used=False) | models.Q(after__gte=models.F("before") - 0.005001),
                name="learned_is_used_when_not_worse",
            ),
            models.CheckConstraint(
                condition=models.Q(undone_at=None) | models.Q(is_used=True), name="learned_undone_was_used"
            ),
        ]
        indexes = [models.Index(fields=["about", "-id"], name="learned_of_field")]

    def __str__(self) -> str:
        return f"{self.about} {self.pk}"
