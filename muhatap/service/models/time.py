from collections.abc import Collection
from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from muhatap.service.working import MIDNIGHT


class BusinessHours(models.Model):
    """When somebody works: seven days (Monday first), each a list of [opens, closes] in minutes of the wall clock."""

    name = models.CharField(_("Name"), max_length=120, unique=True)
    time_zone = models.CharField(_("Time zone"), max_length=60)
    week = models.JSONField()
    keeps_holidays = models.BooleanField(_("Closed on holidays"), default=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    @property
    def in_a_week(self) -> timedelta:
        return timedelta(minutes=sum(closes - opens for day in self.week for opens, closes in day))


class Holiday(models.Model):
    """A day on which work rests, or ends early: `closes_at_minute` 0 for all of it, 780 for from 13:00."""

    class Source(models.TextChoices):
        CALENDAR = "calendar", _("Official")
        OWN = "own", _("Own")

    on = models.DateField(_("Day"), unique=True)
    name = models.CharField(_("Name"), max_length=200)
    closes_at_minute = models.PositiveSmallIntegerField(default=0)
    source = models.CharField(max_length=10, choices=Source, default=Source.OWN)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(closes_at_minute__lt=MIDNIGHT), name="holiday_closes_that_day"),
            models.CheckConstraint(condition=models.Q(source__in=["calendar", "own"]), name="holiday_source_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.name}"


class SlaPolicy(models.Model):
    """What is promised to the conversations its conditions fit. The first that fits, in their order, stands.

    An empty condition fits everything. Targets are minutes of working time; without hours every minute counts.
    """

    name = models.CharField(_("Name"), max_length=120)
    position = models.PositiveIntegerField()
    # Numbers, not keys: were a deleted team just taken out, a policy for it alone would suddenly fit everybody.
    inbox_ids = ArrayField(models.BigIntegerField(), default=list)
    team_ids = ArrayField(models.BigIntegerField(), default=list)
    tag_ids = ArrayField(models.BigIntegerField(), default=list)
    priorities = ArrayField(models.SmallIntegerField(), default=list)
    first_response_minutes = models.PositiveIntegerField(null=True)
    next_response_minutes = models.PositiveIntegerField(null=True)
    resolution_minutes = models.PositiveIntegerField(null=True)
    warn_minutes = models.PositiveIntegerField(default=0)
    hours = models.ForeignKey(BusinessHours, null=True, on_delete=models.PROTECT, related_name="policies")
    pauses_waiting = models.BooleanField(default=True)
    pauses_snoozed = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(first_response_minutes__isnull=False)
                | models.Q(next_response_minutes__isnull=False)
                | models.Q(resolution_minutes__isnull=False),
                name="sla_policy_promises_something",
            ),
            models.UniqueConstraint(fields=["name"], condition=models.Q(archived_at=None), name="sla_policy_name_once"),
        ]

    def __str__(self) -> str:
        return self.name

    def fits(self, *, inbox_id: int, team_id: int | None, tag_ids: Collection[int], priority: int) -> bool:
        """Whether a conversation with these marks gets this promise."""
        return (
            (not self.inbox_ids or inbox_id in self.inbox_ids)
            and (not self.team_ids or team_id in self.team_ids)
            and (not self.tag_ids or not set(self.tag_ids).isdisjoint(tag_ids))
            and (not self.priorities or priority in self.priorities)
        )
