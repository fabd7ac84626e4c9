from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from muhatap.accounts.models import User
from muhatap.interactions.models import Interaction

FIELDS = ("kind", "urgency", "sentiment", "language", "topic")  # what a reading says, in the order it is told


def _is_probability(field: str) -> models.Q:
    return models.Q(**{f"{field}__gte": 0, f"{field}__lte": 1})


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


class LearnedModelQuery(models.QuerySet["LearnedModel"]):
    """What was learned, newest or not."""

    def light(self) -> Self:
        """Without what they know of messages: it is much, and only reading and forgetting need it."""
        return self.defer("bytes", "readings", "corrections")


class LearnedModel(models.Model):
    """What corrections taught about one field, on top of the model that comes with the program; used only when it judges
    corrections that were held back no worse. The newest used one that was not taken back and has its bytes stands.

    `readings` and `corrections` are the numbers of those it learned from; empty beside bytes, nobody knows. `forgotten_at` is when its
    bytes went because something it knew was erased or taken back.
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
                condition=_is_probability("before") & _is_probability("after"), name="learned_figures_are_shares"
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
                condition=models.Q(*[_is_probability(f"{field}_confidence") for field in FIELDS]),
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
            models.CheckConstraint(
                condition=_is_probability("confidence"), name="correction_confidence_is_probability"
            ),
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


class Theme(models.Model):
    """Something several people write about lately, found without labels and named by their words until somebody gives it a name.

    A theme that is merged keeps its messages; they count for the one it was merged into, so that taking it back moves nothing.
    """

    words = ArrayField(models.CharField(max_length=40))
    name = models.CharField(_("Name"), max_length=80, blank=True)
    begins_on = models.DateField()  # the Monday of the first week in which somebody wrote of it
    found_at = models.DateTimeField()
    hidden_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged_themes")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(words=[]), name="theme_has_words"),
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | ~models.Q(merged_into=models.F("id")),
                name="theme_is_not_merged_into_itself",
            ),
        ]

    def __str__(self) -> str:
        return self.name or ", ".join(self.words[:3])


class ThemeMember(models.Model):
    """One message that belongs to a theme, and how near it is to what the theme's messages have in common."""

    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="members")
    reading = models.OneToOneField(Reading, on_delete=models.CASCADE, related_name="theming")
    week_on = models.DateField()
    near = models.FloatField()

    class Meta:
        indexes = [models.Index(fields=["theme", "-week_on", "-near"], name="theme_members_of_theme")]

    def __str__(self) -> str:
        return f"{self.theme_id}: {self.reading_id}"


class ThemeWeek(models.Model):
    """How many wrote of a theme in one week, of how many who wrote at all; whether that is more than chance explains, and why."""

    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="weeks")
    begins_on = models.DateField()
    n_messages = models.PositiveIntegerField()
    n_people = models.PositiveIntegerField()
    n_all = models.PositiveIntegerField()  # people
    expected = models.FloatField(null=True)
    chance = models.FloatField(null=True)
    is_jump = models.BooleanField(default=False)
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["theme", "begins_on"], name="theme_week_once"),
            models.CheckConstraint(condition=models.Q(n_people__lte=models.F("n_all")), name="theme_week_is_of_all"),
        ]
        indexes = [
            models.Index(
                fields=["begins_on"], condition=models.Q(is_jump=True, told_at=None), name="theme_jumps_to_tell"
            )
        ]

    def __str__(self) -> str:
        return f"{self.theme_id} {self.begins_on}: {self.n_people}"


class ThemeLook(models.Model):
    """One look for themes: what was read, and what came of it."""

    at = models.DateTimeField()
    week_on = models.DateField()
    n_texts = models.PositiveIntegerField()
    n_left_out = models.PositiveIntegerField(default=0)
    n_themes = models.PositiveIntegerField()
    n_new = models.PositiveIntegerField()
    n_jumps = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}: {self.n_themes}"
