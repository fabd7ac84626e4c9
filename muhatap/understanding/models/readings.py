"""What messages say, what people corrected, and older messages being read."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import pgettext_lazy

from muhatap.accounts.models import User
from muhatap.interactions.models import Interaction
from muhatap.understanding.models.topics import Topic, TopicMerge

FIELDS = ("kind", "urgency", "sentiment", "language", "topic")  # what a reading says, in the order it is told


def is_probability(field: str) -> models.Q:
    """Of rows whose number in this field lies between nought and one."""
    return models.Q(**{f"{field}__gte": 0, f"{field}__lte": 1})


class Reading(models.Model):
    """What one interaction says, as the machine read it or as a person corrected it: the value that stands, how likely it was
    when the machine gave it, and the words that decided it.

    `is_sure` is about the kind, on which most is acted; `unsure` names every field that is asked. A field somebody answered
    is sure and has confidence 1. `chances` are the likeliest answers of each field, best first. `text_hash` is of the words read.
    """

    class Kind(models.TextChoices):
        COMPLAINT = "complaint", pgettext_lazy("message", "Complaint")
        REQUEST = "request", pgettext_lazy("message", "Request")
        QUESTION = "question", pgettext_lazy("message", "Question")
        PRAISE = "praise", pgettext_lazy("message", "Praise")
        OTHER = "other", pgettext_lazy("message", "Other")

    class Urgency(models.TextChoices):
        URGENT = "urgent", pgettext_lazy("message", "Urgent")
        NORMAL = "normal", pgettext_lazy("message", "Not urgent")

    class Sentiment(models.TextChoices):
        POSITIVE = "positive", pgettext_lazy("message", "Pleased")
        NEUTRAL = "neutral", pgettext_lazy("message", "Neutral")
        NEGATIVE = "negative", pgettext_lazy("message", "Displeased")

    interaction = models.OneToOneField(Interaction, on_delete=models.CASCADE, related_name="reading")
    at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=Kind)
    kind_confidence = models.FloatField()
    urgency = models.CharField(max_length=10, choices=Urgency)
    urgency_confidence = models.FloatField()
    sentiment = models.CharField(max_length=10, choices=Sentiment)
    sentiment_confidence = models.FloatField()
    language = models.CharField(max_length=3)
    language_confidence = models.FloatField()
    topic = models.ForeignKey(Topic, null=True, on_delete=models.PROTECT, related_name="readings")
    topic_confidence = models.FloatField()
    is_sure = models.BooleanField()
    unsure = ArrayField(models.CharField(max_length=10), default=list)
    chances = models.JSONField(default=dict)
    reasons = models.JSONField(default=list)
    model_version = models.CharField(max_length=64)
    text_hash = models.CharField(max_length=64)
    read_at = models.DateTimeField()
    corrected_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["complaint", "request", "question", "praise", "other"]),
                name="reading_kind_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(urgency__in=["urgent", "normal"]), name="reading_urgency_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(sentiment__in=["positive", "neutral", "negative"]),
                name="reading_sentiment_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(language__regex=r"^[a-z]{2,3}$"), name="reading_language_is_a_code"
            ),
            models.CheckConstraint(
                condition=models.Q(*[is_probability(f"{field}_confidence") for field in FIELDS]),
                name="reading_confidences_are_probabilities",
            ),
            models.CheckConstraint(
                condition=models.Q(unsure__contained_by=list(FIELDS)), name="reading_unsure_names_fields"
            ),
        ]
        indexes = [
            models.Index(fields=["-at"], name="readings_by_time"),
            models.Index(fields=["kind", "-at"], name="readings_of_kind"),
            models.Index(fields=["topic", "-at"], name="readings_of_topic"),
            models.Index(
                fields=["-corrected_at"], condition=models.Q(corrected_at__isnull=False), name="readings_mended"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.interaction_id} {self.kind}"


class CorrectionQuery(models.QuerySet["Correction"]):
    """Corrections, and rows that take one back."""

    def standing(self) -> Self:
        """What people said and nobody took back."""
        return self.filter(undoes=None, undone_by_row=None)


class Correction(models.Model):
    """What somebody said of one field of a reading: it was `old`, it is `new`. The same twice says that it was right.

    Rows only come: a trigger refuses a change. Taking one back is a row as well, with `undoes`. Values of a topic are its slug,
    empty for none. Rows go only with the interaction they speak of, when somebody's data is erased.
    """

    class Field(models.TextChoices):
        KIND = "kind", pgettext_lazy("message", "Kind")
        URGENCY = "urgency", pgettext_lazy("message", "Urgency")
        SENTIMENT = "sentiment", pgettext_lazy("message", "Mood")
        LANGUAGE = "language", pgettext_lazy("message", "Language")
        TOPIC = "topic", pgettext_lazy("message", "Topic")

    reading = models.ForeignKey(Reading, on_delete=models.CASCADE, related_name="corrections")
    field = models.CharField(max_length=10, choices=Field)
    old = models.CharField(max_length=60, blank=True)
    new = models.CharField(max_length=60, blank=True)
    confidence = models.FloatField()
    was_asked = models.BooleanField()
    model_version = models.CharField(max_length=64)
    text_hash = models.CharField(max_length=64)
    undoes = models.OneToOneField("self", null=True, on_delete=models.CASCADE, related_name="undone_by_row")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    objects = CorrectionQuery.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(field__in=["kind", "urgency", "sentiment", "language", "topic"]),
                name="correction_field_is_known",
            ),
            models.CheckConstraint(condition=is_probability("confidence"), name="correction_confidence_is_probability"),
        ]
        indexes = [
            models.Index(fields=["field", "-at"], name="corrections_of_field"),
            models.Index(fields=["-at"], name="corrections_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.reading_id} {self.field}: {self.old} → {self.new}"


class TopicMove(models.Model):
    """One reading that a merge of topics moved."""

    merge = models.ForeignKey(TopicMerge, on_delete=models.CASCADE, related_name="moves")
    reading = models.ForeignKey(Reading, on_delete=models.CASCADE, related_name="topic_moves")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merge", "reading"], name="topic_move_once")]

    def __str__(self) -> str:
        return f"{self.merge_id}: {self.reading_id}"


class CatchUp(models.Model):
    """Older interactions being read, newest first: how far it came. One at a time."""

    before = models.BigIntegerField()
    n_all = models.PositiveIntegerField()
    n_looked = models.PositiveIntegerField(default=0)
    n_read = models.PositiveIntegerField(default=0)
    n_failed = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    begun_at = models.DateTimeField()
    stirred_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(models.Value(1), condition=models.Q(ended_at=None), name="catch_up_one_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.n_looked}/{self.n_all}"
