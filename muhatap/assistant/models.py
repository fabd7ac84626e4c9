from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from muhatap.accounts.models import User
from muhatap.assistant.trouble import Trouble


class Task(models.TextChoices):
    DRAFT = "draft", _("Suggest a draft")
    SUMMARY = "summary", _("Summarise")
    THEIRS = "theirs", _("Translate their message")
    OURS = "ours", _("Translate my draft")


class Assistant(models.Model):
    """The one row that says which server writes for us, and what. The key is sealed and belongs to the host of `url`."""

    ONLY = 1

    url = models.CharField(max_length=1000, blank=True)
    model = models.CharField(max_length=200, blank=True)
    key_sealed = models.TextField(blank=True)
    seconds = models.PositiveSmallIntegerField(default=60)
    does_draft = models.BooleanField(default=False)
    does_summarise = models.BooleanField(default=False)
    does_translate = models.BooleanField(default=False)
    changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="assistant_is_one")]

    def __str__(self) -> str:
        return self.model


class Asking(models.Model):
    """One asking: what was to be sent as it was shown, what became of it. Rooms beside this one are named by number.

    `given_sealed` is what the placeholders stand for; it goes as soon as nobody needs it. `used` says what a person did with it.
    """

    class State(models.TextChoices):
        PREPARED = "prepared", pgettext_lazy("asking", "Shown, not sent")
        WAITING = "waiting", pgettext_lazy("asking", "Waiting for its turn")
        ASKING = "asking", pgettext_lazy("asking", "Being written")
        ANSWERED = "answered", pgettext_lazy("asking", "Answered")
        FAILED = "failed", pgettext_lazy("asking", "Failed")
        CANCELLED = "cancelled", pgettext_lazy("asking", "Stopped")

    class Used(models.TextChoices):
        TAKEN = "taken", pgettext_lazy("asking", "Taken into the draft")
        DROPPED = "dropped", pgettext_lazy("asking", "Thrown away")

    UNDER_WAY = (State.WAITING, State.ASKING)

    task = models.CharField(max_length=10, choices=Task)
    conversation_id = models.BigIntegerField()
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.PREPARED)
    used = models.CharField(max_length=10, choices=Used, blank=True)
    prepared_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    host = models.CharField(max_length=260, blank=True)
    model = models.CharField(max_length=200, blank=True)
    # A hash of the whole address: paths may hold secrets.
    place = models.CharField(max_length=64, blank=True, db_default="")
    language = models.CharField(max_length=5, blank=True)
    instructions = models.TextField(blank=True)
    text = models.TextField(blank=True)
    answer = models.TextField(blank=True)
    n_sent = models.PositiveIntegerField(default=0)
    n_received = models.PositiveIntegerField(default=0)
    n_masked = models.PositiveIntegerField(default=0)
    given_sealed = models.TextField(blank=True)
    trouble = models.CharField(max_length=20, choices=Trouble, blank=True)
    trouble_detail = models.CharField(max_length=400, blank=True)
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="prepared", sent_at=None)
                | ~models.Q(state="prepared") & models.Q(sent_at__isnull=False),
                name="asking_sent_has_its_moment",
            ),
            models.CheckConstraint(
                condition=models.Q(state="failed") & ~models.Q(trouble="")
                | ~models.Q(state="failed") & models.Q(trouble=""),
                name="asking_failed_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["prepared_at"], name="askings_kept", condition=models.Q(forgotten_at=None)),
            models.Index(fields=["-id"], name="askings_sent", condition=models.Q(sent_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.state}"

    @property
    def is_under_way(self) -> bool:
        return self.state in self.UNDER_WAY
