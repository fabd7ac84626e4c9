"""Themes that nobody named, their messages and their weeks."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from muhatap.understanding.models.readings import Reading


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
