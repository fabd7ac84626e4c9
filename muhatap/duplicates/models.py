from django.db import models
from django.utils.translation import gettext_lazy as _

from muhatap.accounts.models import User
from muhatap.contacts.models import Merge


class Run(models.Model):
    """One look at the whole base. It changes no contact: it brings the list of proposals up to date."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Stopped")
        FAILED = "failed", _("Failed")

    class Step(models.TextChoices):
        READING = "reading", _("Reading the records")
        PAIRING = "pairing", _("Looking for pairs")
        COMPARING = "comparing", _("Comparing the pairs")
        GROUPING = "grouping", _("Forming groups")
        PROPOSING = "proposing", _("Writing down the proposals")

    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    step = models.CharField(max_length=10, choices=Step, default=Step.READING)
    model = models.CharField(max_length=40, blank=True)
    n_records = models.BigIntegerField(default=0)
    n_pairs = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    problem = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(state__in=["queued", "running"]), name="duplicates_run_alone"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "running", "done", "cancelled", "failed"]),
                name="duplicates_run_state_is_known",
            ),
        ]
        indexes = [models.Index(fields=["-at", "-id"], name="duplicates_runs_by_time")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.state}"


class Proposal(models.Model):
    """Something about two contacts, or one, that somebody has to decide. There is one row for each question, for ever.

    Contacts and records are numbers and no keys: thousands of questions must neither hold contacts nor move with their merges.
    `group` is the lowest contact of those that hang together by open questions. Of "two", `records` would leave. Of a crowd
    `n_more` questions are not asked.
    """

    class About(models.TextChoices):
        SAME = "same", _("Are these two one person?")
        TWO = "two", _("Is this one two people?")

    class Band(models.TextChoices):
        MERGE = "merge", _("Nearly sure")
        REVIEW = "review", _("Worth a look")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        LATER = "later", _("Later")
        SAME = "same", _("One person")
        DIFFERENT = "different", _("Different people")
        GONE = "gone", _("No longer asked")

    class Origin(models.TextChoices):
        RUN = "run", _("Nightly look")
        HINT = "hint", _("Noticed on the way")

    about = models.CharField(max_length=5, choices=About)
    one = models.BigIntegerField()
    other = models.BigIntegerField(null=True)
    records = models.JSONField(default=list)
    origin = models.CharField(max_length=5, choices=Origin)
    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="proposals")
    hint_id = models.BigIntegerField(null=True)
    band = models.CharField(max_length=6, choices=Band)
    weight = models.FloatField(null=True)
    levels = models.JSONField(default=dict, db_default={})
    lines = models.JSONField(default=list)
    refused = models.CharField(max_length=12, blank=True)
    n_more = models.PositiveIntegerField(default=0, db_default=0)
    group = models.BigIntegerField()
    n_group = models.PositiveIntegerField(default=2)
    value = models.FloatField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    at = models.DateTimeField()
    state_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(about="same", other__isnull=False, one__lt=models.F("other"))
                | models.Q(about="two", other__isnull=True),
                name="proposal_of_two_or_about_one",
            ),
            models.UniqueConstraint(fields=["one", "other"], condition=models.Q(about="same"), name="proposal_once"),
            models.UniqueConstraint(fields=["one"], condition=models.Q(about="two"), name="proposal_of_split_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "later", "same", "different", "gone"]),
                name="proposal_state_is_known",
            ),
            models.CheckConstraint(condition=models.Q(band__in=["merge", "review"]), name="proposal_band_is_known"),
            models.CheckConstraint(
                condition=models.Q(refused__in=["", "contradicted", "too_large"]), name="proposal_refused_why"
            ),
        ]
        indexes = [
            models.Index(fields=["-value", "id"], name="proposals_to_ask", condition=models.Q(state="open")),
            models.Index(fields=["state_at", "id"], name="proposals_for_later", condition=models.Q(state="later")),
            models.Index(fields=["group", "id"], name="proposals_of_group"),
            models.Index(fields=["other"], name="proposals_of_other", condition=models.Q(other__isnull=False)),
            models.Index(fields=["hint_id"], name="proposals_of_hint", condition=models.Q(hint_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.one} = {self.other}" if self.about == self.About.SAME else f"{self.one} / {self.records}"


class Answer(models.Model):
    """What somebody said to a proposal, as it was asked. `moved` are the other questions it changed, as they stood before.

    What was said for good teaches the weights: `levels` are what was found of each field
    compared, by name, `weight` the bits they gave. Answers given by one press bear the number of the first of them in `together`.
    """

    class Said(models.TextChoices):
        SAME = "same", _("One person")
        DIFFERENT = "different", _("Different people")
        LATER = "later", _("Later")

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="answers")
    said = models.CharField(max_length=10, choices=Said)
    levels = models.JSONField(default=dict, db_default={})
    weight = models.FloatField(null=True)
    merge = models.ForeignKey(Merge, null=True, on_delete=models.SET_NULL, related_name="+")
    made = models.BigIntegerField(null=True)
    moved = models.JSONField(default=list)
    together = models.BigIntegerField(null=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(said__in=["same", "different", "later"]), name="answer_is_one_of_three"
            ),
        ]
        indexes = [
            models.Index(fields=["by", "-id"], name="answers_of_one", condition=models.Q(undone_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id}: {self.said}"
