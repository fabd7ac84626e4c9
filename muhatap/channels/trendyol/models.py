from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from muhatap.channels.models import Inbox


class QuestionBox(models.Model):
    """How far a seller's questions have been read, and how asking goes.

    Every question that changed up to `read_until` was offered to the intake before that moved on.
    """

    inbox = models.OneToOneField(Inbox, on_delete=models.CASCADE, related_name="question_box")
    read_until = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    ok_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True)
    trouble_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(trouble="", trouble_since=None) | ~Q(trouble="") & Q(trouble_since__isnull=False),
                name="question_box_trouble_says_since",
            )
        ]

    def __str__(self) -> str:
        return f"{self.inbox_id}: {self.read_until}"


class Question(models.Model):
    """How one question stands at the marketplace, as we know it; what was asked is a message like any other."""

    class Status(models.TextChoices):
        WAITING = "WAITING_FOR_ANSWER", _("Waits for an answer")
        APPROVAL = "WAITING_FOR_APPROVE", _("The answer is being looked at")
        ANSWERED = "ANSWERED", _("Answered")
        REPORTED = "REPORTED", _("Reported")
        REJECTED = "REJECTED", _("Rejected")
        UNANSWERED = "UNANSWERED", _("Closed without an answer")

    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="questions")
    number = models.CharField(max_length=40)
    status = models.CharField(max_length=20, choices=Status, default=Status.WAITING)
    refused_answer = models.CharField(max_length=40, blank=True)
    asked_at = models.DateTimeField()
    looked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inbox", "number"], name="question_once"),
            models.CheckConstraint(condition=~Q(number=""), name="question_has_a_number"),
        ]
        indexes = [
            models.Index(
                fields=["inbox", "looked_at"],
                condition=Q(status__in=["WAITING_FOR_ANSWER", "WAITING_FOR_APPROVE"]),
                name="questions_standing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.status}"


STANDING = (Question.Status.WAITING, Question.Status.APPROVAL)
