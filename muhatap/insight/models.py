from django.db import models

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
