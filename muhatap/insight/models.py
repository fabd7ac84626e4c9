from django.db import models
from django.utils.translation import gettext_lazy as _

from muhatap.accounts.models import User
from muhatap.conversations.models import Conversation


class Moment(models.Model):
    """One thing worth counting that happened in a conversation, and where it counts.

    Moments are derived from the entries of a thread and follow it: what is taken back, moved or merged is measured anew.
    Inbox, team and user are plain numbers (0 stands for nobody), as in the roll-ups. `value` is calendar seconds (of
    ratings the score), `working` the part of them within business hours.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="moments")
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    on = models.DateField()
    hour = models.SmallIntegerField()
    inbox_id = models.BigIntegerField()
    team_id = models.BigIntegerField(default=0)
    user_id = models.BigIntegerField(default=0)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    value = models.BigIntegerField(null=True)
    working = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "-at", "-id"], name="moments_of_kind"),
            models.Index(
                fields=["kind", "user_id", "-at", "-id"], name="moments_of_user", condition=~models.Q(user_id=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class DailyRollup(models.Model):
    """How often a figure happened on a day in one cell, and the sum of its values.

    `bucket` divides a cell further: a step of the logarithmic scale for lengths of time, the hour for what arrives and
    is answered, the score for ratings (shared.scale).
    """

    on = models.DateField()
    figure = models.CharField(max_length=30)
    inbox_id = models.BigIntegerField()
    team_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    bucket = models.SmallIntegerField()
    n = models.IntegerField()
    total = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["figure", "on", "inbox_id", "team_id", "user_id", "bucket"], name="rollup_cell_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.figure}: {self.n}"


class RollupDelta(models.Model):
    """A change of one cell, appended by a trigger on moments and folded by a job: updating cells themselves would deadlock."""

    on = models.DateField()
    figure = models.CharField(max_length=30)
    inbox_id = models.BigIntegerField()
    team_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    bucket = models.SmallIntegerField()
    n = models.IntegerField()
    total = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.on} {self.figure}: {self.n:+d}"


class Check(models.Model):
    """A day's roll-ups were compared with what the conversations themselves say."""

    on = models.DateField()
    at = models.DateTimeField()
    n_cells = models.IntegerField()
    differences = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.on}: {len(self.differences)}"


class ExportedDay(models.Model):
    """A day of the firm that lies in the lake, and how many rows of each kind it came to. Reports read PostgreSQL from the day after the last."""

    day = models.DateField(unique=True)
    at = models.DateTimeField()
    n_visits = models.BigIntegerField()
    n_page_views = models.BigIntegerField()
    n_events = models.BigIntegerField()

    def __str__(self) -> str:
        return self.day.isoformat()


class VoiceDay(models.Model):
    """How many messages of a day said one thing: what kind, how they feel, about which topic, on which channel and inbox.

    Kept by appended changes, as daily roll-ups are; 0 stands for no topic and no inbox. `n_sure` are those read with
    confidence, or by a person.
    """

    on = models.DateField()
    kind = models.CharField(max_length=10)
    sentiment = models.CharField(max_length=10)
    topic_id = models.BigIntegerField()
    channel = models.CharField(max_length=20)
    inbox_id = models.BigIntegerField()
    n = models.IntegerField()
    n_sure = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["on", "kind", "sentiment", "topic_id", "channel", "inbox_id"], name="voice_cell_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.kind}: {self.n}"


class VoiceDelta(models.Model):
    """A change of one cell, appended by a trigger on readings and folded by a job, which knows the firm's days."""

    at = models.DateTimeField()
    kind = models.CharField(max_length=10)
    sentiment = models.CharField(max_length=10)
    topic_id = models.BigIntegerField()
    channel = models.CharField(max_length=20)
    inbox_id = models.BigIntegerField()
    n = models.IntegerField()
    n_sure = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.kind}: {self.n:+d}"


class WeeklyLetter(models.Model):
    """The customers' voice of one week for one person: one row a week, whatever is killed or run twice.

    `handing` is committed right before the mail server may take it. A letter found there later may have gone: it is never
    sent again by itself.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        HANDING = "handing", _("Being handed over")
        SENT = "sent", _("Sent")
        REFUSED = "refused", _("Refused by the mail server")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="weekly_letters")
    week_on = models.DateField()  # the Monday of the week it tells of
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    state_at = models.DateTimeField()
    n_attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "week_on"], name="weekly_letter_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "handing", "sent", "refused"]),
                name="weekly_letter_state_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.week_on} {self.state}"
