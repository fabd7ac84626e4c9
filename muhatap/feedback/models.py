from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from muhatap.accounts.models import User
from muhatap.channels.models import Inbox
from muhatap.contacts.models import Contact
from muhatap.interactions.models import Interaction

LOWEST, HIGHEST = 1, 5


class Survey(models.Model):
    """Whether and how customers of an inbox are asked for a rating after a resolution."""

    class Scale(models.TextChoices):
        FACES = "faces", _("Five faces")
        NUMBERS = "numbers", _("1 to 5")

    inbox = models.OneToOneField(Inbox, on_delete=models.CASCADE, related_name="survey")
    is_on = models.BooleanField(default=False)
    scale = models.CharField(max_length=10, choices=Scale, default=Scale.FACES)
    question_tr = models.CharField(max_length=200, blank=True)
    question_en = models.CharField(max_length=200, blank=True)
    delay_minutes = models.PositiveIntegerField(default=30)
    quiet_days = models.PositiveIntegerField(default=14)
    open_days = models.PositiveIntegerField(default=7)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(scale__in=["faces", "numbers"]), name="survey_scale_is_known"),
            models.CheckConstraint(condition=Q(open_days__gte=1), name="survey_can_be_answered"),
        ]

    def __str__(self) -> str:
        return f"{self.inbox}"


class Invitation(models.Model):
    """A customer is asked once about one resolution. `conversation_id` and `closure_id` are numbers in a room this one does
    not know: only flow, which asks, looks them up. Withdrawn when it is opened again before it was sent."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="invitations")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="survey_invitations")
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    conversation_id = models.BigIntegerField()
    closure_id = models.BigIntegerField(unique=True)
    language = models.CharField(max_length=5, default="tr")
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(withdrawn_at=None), name="invitation_sent_or_withdrawn"
            )
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(sent_at=None, withdrawn_at=None), name="invitations_due"),
            models.Index(fields=["contact", "-sent_at"], name="invitations_of_contact"),
            models.Index(fields=["conversation_id"], name="invitations_of_conversation"),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} · {self.conversation_id}"


class Response(models.Model):
    """What the customer answered: a score from 1 to 5, and a comment if they like. One for an invitation; it may change."""

    invitation = models.OneToOneField(Invitation, on_delete=models.CASCADE, related_name="response")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="survey_responses")
    interaction = models.OneToOneField(
        Interaction, null=True, on_delete=models.SET_NULL, related_name="survey_response"
    )
    score = models.SmallIntegerField()
    comment = models.TextField(blank=True)
    at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(score__gte=LOWEST, score__lte=HIGHEST), name="response_score_is_known")
        ]

    def __str__(self) -> str:
        return f"{self.score}/{HIGHEST}"
