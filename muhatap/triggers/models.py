from django.db import models
from django.utils.translation import gettext_lazy as _

from muhatap.accounts.models import User
from muhatap.contacts.models import Contact


class Trigger(models.Model):
    """What makes us turn to a customer, and in which way. One of each kind; it looks at what happens after it was turned on."""

    class Kind(models.TextChoices):
        CART_LEFT = "cart_left", _("A cart was left")
        THIRD_LOOK = "third_look", _("Somebody looks at a product for the third time")
        ORDER_LATE = "order_late", _("An order is late")
        EMPTY_SEARCH = "empty_search", _("A search on the site finds nothing")
        OPEN_QUESTION = "open_question", _("Somebody with an open complaint visits the site")

    class Way(models.TextChoices):
        TASK = "task", _("Task on Today")
        INVITATION = "invitation", _("Invitation in the chat")
        DRAFT = "draft", _("Draft of a mail")

    kind = models.CharField(max_length=16, choices=Kind, unique=True)
    is_on = models.BooleanField(default=False)
    way = models.CharField(_("What happens"), max_length=12, choices=Way, default=Way.TASK)
    text = models.TextField(_("Text"), blank=True)
    rest_days = models.PositiveSmallIntegerField(_("Days of rest"), default=7)
    looked_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_on=False) | models.Q(looked_at__isnull=False),
                name="trigger_on_looks_from_a_moment",
            ),
            models.CheckConstraint(
                condition=models.Q(rest_days__gte=1, rest_days__lte=365), name="trigger_rests_a_day_to_a_year"
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class Firing(models.Model):
    """A trigger found an occasion: once, however often it looks. Why it did, what came of it, and why nothing where nothing did."""

    class WhyNot(models.TextChoices):
        CONSENT = "consent", _("They have not agreed to such mails")
        OFTEN = "often", _("We turned to them a short time ago")
        ADDRESS = "address", _("We know no address")
        GONE = "gone", _("They are not on the site any more")

    trigger = models.ForeignKey(Trigger, on_delete=models.CASCADE, related_name="firings", db_index=False)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="firings", db_index=False)
    occasion = models.CharField(max_length=200)
    at = models.DateTimeField()
    reasons = models.JSONField(default=dict)
    way = models.CharField(max_length=12, choices=Trigger.Way)
    why_not = models.CharField(max_length=10, choices=WhyNot, blank=True)
    text = models.TextField(blank=True)
    shown_at = models.DateTimeField(null=True)  # an invitation, in the visitor's window
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["trigger", "occasion"], name="trigger_fires_once_an_occasion")]
        indexes = [
            models.Index(fields=["trigger", "-at", "-id"], name="trigger_firings"),
            models.Index(fields=["contact", "-at"], name="trigger_firings_of_contact"),
            models.Index(
                fields=["-at", "-id"], condition=models.Q(why_not="", settled_at=None), name="trigger_firings_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trigger_id} → {self.contact_id}"
