from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from muhatap.accounts.models import Team, User
from muhatap.service.models.cases import Case
from muhatap.service.models.promises import Promise


class Rate(models.Model):
    """What an hour of somebody's work costs, from a day on: of a team's role, of a team, of a role, or of anybody."""

    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="rates")
    role = models.CharField(_("Role"), max_length=20, blank=True)
    amount = models.DecimalField(_("For an hour"), max_digits=18, decimal_places=4)
    currency = models.CharField(_("Currency"), max_length=3, default="TRY")
    valid_from = models.DateField(_("From"))
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team", "role", "valid_from"],
                condition=models.Q(withdrawn_at=None),
                name="rate_once_a_day",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="rate_is_none_or_more"),
            models.CheckConstraint(condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="rate_currency_is_a_code"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} ({self.valid_from:%Y-%m-%d})"

    def holds_on(self, day: date) -> bool:
        """Whether it was in force already on this day."""
        return self.withdrawn_at is None and self.valid_from <= day


class Cost(models.Model):
    """One amount that quality, or its lack, took: written once and never changed. What is taken back has a row against it.

    `source` names what it follows from ("refund:12"), so that nothing is counted twice; written by hand it has none. Time
    carries its minutes and the rate by which it was counted that day; without a rate it has no amount.
    """

    class Kind(models.TextChoices):
        PREVENTION = "prevention", _("Prevention")
        APPRAISAL = "appraisal", _("Appraisal")
        INTERNAL = "internal", _("Internal failure")
        EXTERNAL = "external", _("External failure")

    class What(models.TextChoices):
        TIME = "time", pgettext_lazy("cost", "Time")
        REFUND = "refund", pgettext_lazy("cost", "Refund")
        SHIPPING = "shipping", pgettext_lazy("cost", "Shipping")
        COMPENSATION = "compensation", pgettext_lazy("cost", "Compensation")
        PROMISE = "promise", pgettext_lazy("cost", "Promise")
        OTHER = "other", pgettext_lazy("cost", "Other")

    kind = models.CharField(_("Kind"), max_length=12, choices=Kind)
    what = models.CharField(max_length=12, choices=What)
    case = models.ForeignKey(Case, null=True, on_delete=models.SET_NULL, related_name="costs", db_index=False)
    promise = models.ForeignKey(Promise, null=True, on_delete=models.SET_NULL, related_name="costs")
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="+")
    amount = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    currency = models.CharField(max_length=3)
    minutes = models.IntegerField(null=True)
    rate = models.ForeignKey(Rate, null=True, on_delete=models.PROTECT, related_name="costs")
    note = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=80, blank=True)
    reverses = models.OneToOneField("self", null=True, on_delete=models.CASCADE, related_name="reversed_by")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source"], condition=~models.Q(source=""), name="cost_source_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["prevention", "appraisal", "internal", "external"]),
                name="cost_kind_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(what__in=["time", "refund", "shipping", "compensation", "promise", "other"]),
                name="cost_what_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(amount__isnull=False) | models.Q(minutes__isnull=False), name="cost_says_how_much"
            ),
            models.CheckConstraint(
                condition=models.Q(reverses__isnull=False)
                | (models.Q(amount=None) | models.Q(amount__gte=0))
                & (models.Q(minutes=None) | models.Q(minutes__gte=0)),
                name="cost_is_none_or_more",
            ),
            models.CheckConstraint(condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="cost_currency_is_a_code"),
        ]
        indexes = [
            models.Index(fields=["at", "id"], name="costs_by_day"),
            models.Index(fields=["case", "at"], name="costs_of_case"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.what} {self.amount or self.minutes}"
