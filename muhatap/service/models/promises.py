from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from muhatap.accounts.models import Team, User
from muhatap.contacts.models import Contact


class Promise(models.Model):
    """What somebody of us promised a contact, until when, and at what expected cost. `by` is who owes it, at first its maker.

    `conversation_id` and `message_id` are numbers in a room this one does not know: flow, which ties a promise to what was
    said, looks them up. Overdue is a date, no state: whether a promise was kept or broken is said by a person (ADR 0037).
    """

    class Kind(models.TextChoices):
        DELIVERY = "delivery", _("Dispatch or delivery")
        CALL = "call", _("Call back")
        ANSWER = "answer", _("Answer or information")
        REFUND = "refund", _("Refund or money")
        REPLACEMENT = "replacement", _("Replacement")
        REPAIR = "repair", _("Repair or visit")
        OTHER = "other", pgettext_lazy("promise", "Other")

    class State(models.TextChoices):
        DRAFTED = "drafted", _("In a draft")
        OPEN = "open", pgettext_lazy("promise", "Open")
        KEPT = "kept", pgettext_lazy("promise", "Kept")
        BROKEN = "broken", pgettext_lazy("promise", "Broken")
        WITHDRAWN = "withdrawn", pgettext_lazy("promise", "Withdrawn")

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="promises", db_index=False)
    conversation_id = models.BigIntegerField(null=True)
    message_id = models.BigIntegerField(null=True)
    what = models.CharField(_("What was promised"), max_length=300)
    words = models.CharField(max_length=1000, blank=True)
    kind = models.CharField(_("Kind"), max_length=12, choices=Kind, default=Kind.OTHER)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="promises", db_index=False)
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="promises")
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    first_due_at = models.DateTimeField()
    time_zone = models.CharField(max_length=60)
    expected_minutes = models.PositiveIntegerField(null=True)
    expected_cost = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    currency = models.CharField(max_length=3, default="TRY")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    ended_at = models.DateTimeField(null=True)
    remind_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["delivery", "call", "answer", "refund", "replacement", "repair", "other"]),
                name="promise_kind_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["drafted", "open"], ended_at=None)
                | models.Q(state__in=["kept", "broken", "withdrawn"], ended_at__isnull=False),
                name="promise_ended_says_when",
            ),
            models.CheckConstraint(condition=~models.Q(what=""), name="promise_says_what"),
            models.CheckConstraint(condition=models.Q(due_at__gt=models.F("made_at")), name="promise_is_due_later"),
            models.CheckConstraint(condition=models.Q(remind_at__lt=models.F("due_at")), name="promise_reminds_before"),
            models.CheckConstraint(
                condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="promise_currency_is_a_code"
            ),
            models.CheckConstraint(
                condition=models.Q(expected_cost=None) | models.Q(expected_cost__gte=0), name="promise_costs_no_less"
            ),
            models.CheckConstraint(
                condition=models.Q(message_id=None) | models.Q(conversation_id__isnull=False),
                name="promise_of_message_has_thread",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="drafted") | models.Q(message_id=None, conversation_id__isnull=False),
                name="promise_drafted_is_unsaid",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=models.Q(state="open"), name="promises_open"),
            models.Index(
                fields=["remind_at"], condition=models.Q(state="open", reminded_at=None), name="promises_to_remind"
            ),
            models.Index(fields=["contact", "-due_at"], name="promises_of_contact"),
            models.Index(fields=["by", "-due_at"], name="promises_of_user"),
            models.Index(fields=["-due_at", "-id"], name="promises_by_due"),
            models.Index(
                fields=["conversation_id"],
                condition=models.Q(conversation_id__isnull=False),
                name="promises_of_conversation",
            ),
        ]

    def __str__(self) -> str:
        return self.what

    def is_overdue(self, at: datetime) -> bool:
        """Open, and its moment is over."""
        return self.state == self.State.OPEN and self.due_at <= at

    @property
    def ending(self) -> "PromiseEnding | None":
        """How it ended, as it stands."""
        return next((one for one in self.endings.all() if one.undone_at is None), None)

    @property
    def was_kept_late(self) -> bool:
        return self.state == self.State.KEPT and self.ended_at is not None and self.ended_at > self.due_at


class PromiseEnding(models.Model):
    """A promise was kept, broken or withdrawn: by whom, when, what it took, why. Taken back when `undone_at` stands."""

    promise = models.ForeignKey(Promise, on_delete=models.CASCADE, related_name="endings")
    outcome = models.CharField(max_length=10, choices=Promise.State)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    actual_minutes = models.PositiveIntegerField(null=True)
    actual_cost = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    why = models.CharField(max_length=300, blank=True)
    undone_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["promise"], condition=models.Q(undone_at=None), name="promise_ending_standing_once"
            ),
            models.CheckConstraint(
                condition=models.Q(outcome__in=["kept", "broken", "withdrawn"]), name="promise_outcome_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="kept") | ~models.Q(why=""), name="promise_not_kept_says_why"
            ),
            models.CheckConstraint(
                condition=models.Q(actual_cost=None) | models.Q(actual_cost__gte=0), name="promise_ending_costs_no_less"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.promise_id} {self.outcome}"


class HandOver(models.Model):
    """A promise went from one of us to another, who owes it from then on."""

    promise = models.ForeignKey(Promise, on_delete=models.CASCADE, related_name="hand_overs")
    was = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    became = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(was=None) | ~models.Q(was=models.F("became")), name="hand_over_goes_to_another"
            )
        ]

    def __str__(self) -> str:
        return f"{self.promise_id}: {self.was} → {self.became}"


class PutOff(models.Model):
    """A promise was given another moment, with the reason; where it began stands in the promise."""

    promise = models.ForeignKey(Promise, on_delete=models.CASCADE, related_name="put_offs")
    was_due_at = models.DateTimeField()
    due_at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    why = models.CharField(max_length=300)

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(why=""), name="put_off_says_why")]

    def __str__(self) -> str:
        return f"{self.promise_id} → {self.due_at:%Y-%m-%d %H:%M}"
