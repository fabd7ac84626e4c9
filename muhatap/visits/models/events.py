"""Events as they were sent, how long they stand, and how far they are folded."""

from django.db import models

from muhatap.visits.models.sites import Site


class Kind(models.IntegerChoices):
    """The calls of the Segment protocol."""

    IDENTIFY = 1, "identify"
    TRACK = 2, "track"
    PAGE = 3, "page"
    SCREEN = 4, "screen"
    GROUP = 5, "group"
    ALIAS = 6, "alias"


class Event(models.Model):
    """One event as it was sent, in the partition of the day it arrived (migration 0001): append-only, once per site and message id."""

    pk = models.CompositePrimaryKey("site", "message_key")
    received_at = models.DateTimeField()
    site = models.ForeignKey(Site, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    message_key = models.UUIDField()
    at = models.DateTimeField()
    kind = models.SmallIntegerField(choices=Kind)
    anonymous_id = models.TextField()
    user_id = models.TextField()
    name = models.TextField()
    url = models.TextField()
    is_bot = models.BooleanField()
    payload = models.TextField()
    by_server = models.BooleanField(default=False)  # under the site's secret key: what it says of customers holds

    class Meta:
        managed = False
        db_table = "visits_event"

    def __str__(self) -> str:
        return f"{Kind(self.kind).label} {self.name or ''}".strip()


class EventKeeping(models.Model):
    """How long events stand as they were sent: the one row in which the firm says so, and what has gone. Months are None for ever.

    Before `gone_before` nothing that arrived stands in the database any more, and of days before `lake_gone_before` nothing in the lake.
    """

    months = models.PositiveSmallIntegerField(null=True, default=6)
    lake_months = models.PositiveSmallIntegerField(null=True, default=24)
    gone_before = models.DateTimeField(null=True)
    lake_gone_before = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="event_keeping_is_one_row"),
            models.CheckConstraint(
                condition=models.Q(lake_months=None)
                | models.Q(months__isnull=False, lake_months__gte=models.F("months")),
                name="lake_keeps_no_less",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.months}, {self.lake_months}"


class Folded(models.Model):
    """Up to which moment of arrival the events are folded into visits. One row."""

    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="folded_is_one_row")]

    def __str__(self) -> str:
        return self.received_at.isoformat()
