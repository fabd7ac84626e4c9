from datetime import datetime

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from muhatap.accounts.models import Team, User
from muhatap.contacts.models import Contact
from muhatap.interactions.models import Interaction


class Cause(models.Model):
    """Why something went wrong, or what is asked for: the firm's own tree. What was merged leads to where it went.

    `slug` names the usual ones that a new firm begins with; the firm's own have none.
    """

    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    name = models.CharField(_("Name"), max_length=120)
    name_en = models.CharField(_("Name in English"), max_length=120, blank=True)
    slug = models.CharField(max_length=60, blank=True)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"],
                condition=models.Q(archived_at=None),
                name="cause_once_under_its_parent",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(fields=["slug"], condition=~models.Q(slug=""), name="cause_slug_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="cause_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(parent=None) | ~models.Q(parent=models.F("id")), name="cause_is_not_its_own_parent"
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into=None)
                | models.Q(archived_at__isnull=False) & ~models.Q(merged_into=models.F("id")),
                name="cause_merged_is_archived",
            ),
        ]

    def __str__(self) -> str:
        return self.name_en if self.name_en and not (get_language() or "").startswith("tr") else self.name


class Case(models.Model):
    """A complaint or request that outlives a conversation: its cause, whose it is, until when, how it ended.

    `order_id` and `product_id` are numbers in a room this one does not know (flow and insight look them up). `former` is the
    case of the same contact that this one repeats. Its cause and its state have a row for each change (CaseStep).
    """

    class Kind(models.TextChoices):
        COMPLAINT = "complaint", _("Complaint")
        REQUEST = "request", _("Request")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("case", "Open")
        WAITING = "waiting", pgettext_lazy("case", "Waiting")
        REOPENED = "reopened", pgettext_lazy("case", "Reopened")
        RESOLVED = "resolved", pgettext_lazy("case", "Resolved")
        CLOSED = "closed", pgettext_lazy("case", "Closed")

    class Origin(models.TextChoices):
        HAND = "hand", pgettext_lazy("case", "By hand")
        RULE = "rule", pgettext_lazy("case", "By a rule")
        SURVEY = "survey", pgettext_lazy("case", "By a survey answer")
        API = "api", pgettext_lazy("case", "By a program")

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="cases", db_index=False)
    entry = models.OneToOneField(Interaction, null=True, on_delete=models.SET_NULL, related_name="case")
    title = models.CharField(_("What it is about"), max_length=200)
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind, default=Kind.COMPLAINT)
    cause = models.ForeignKey(Cause, null=True, on_delete=models.PROTECT, related_name="cases", db_index=False)
    owner = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="cases", db_index=False)
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="cases")
    opened_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    opened_at = models.DateTimeField()
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.HAND)
    due_at = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    ended_at = models.DateTimeField(null=True)
    former = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="later")
    order_id = models.BigIntegerField(null=True)
    product_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(title=""), name="case_has_a_title"),
            models.CheckConstraint(condition=models.Q(kind__in=["complaint", "request"]), name="case_kind_is_known"),
            models.CheckConstraint(
                condition=models.Q(origin__in=["hand", "rule", "survey", "api"]), name="case_origin_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "waiting", "reopened"], ended_at=None)
                | models.Q(state__in=["resolved", "closed"], ended_at__isnull=False),
                name="case_ended_says_when",
            ),
            models.CheckConstraint(
                condition=models.Q(due_at=None, remind_at=None) | models.Q(remind_at__lt=models.F("due_at")),
                name="case_reminds_before",
            ),
            models.CheckConstraint(
                condition=models.Q(former=None) | ~models.Q(former=models.F("id")), name="case_repeats_another"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=models.Q(state__in=["open", "waiting", "reopened"]),
                name="cases_standing",
            ),
            models.Index(
                fields=["remind_at"],
                condition=models.Q(
                    state__in=["open", "waiting", "reopened"], reminded_at=None, remind_at__isnull=False
                ),
                name="cases_to_remind",
            ),
            models.Index(fields=["contact", "-opened_at"], name="cases_of_contact"),
            models.Index(fields=["owner", "-opened_at"], name="cases_of_owner"),
            models.Index(fields=["-opened_at", "-id"], name="cases_newest"),
            models.Index(fields=["cause", "-opened_at"], name="cases_of_cause"),
            models.Index(fields=["order_id"], condition=models.Q(order_id__isnull=False), name="cases_of_order"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_standing(self) -> bool:
        """Somebody still has to do something, or waits."""
        return self.ended_at is None

    def is_overdue(self, at: datetime) -> bool:
        """Not ended, and its moment is over."""
        return self.is_standing and self.due_at is not None and self.due_at <= at

    @property
    def resolution(self) -> "Resolution | None":
        """How it ended, as it stands."""
        return next((one for one in self.resolutions.all() if one.undone_at is None), None)


class CaseView(models.Model):
    """A named filter over the list of cases, one's own or everybody's. `query` are the pairs of its address."""

    name = models.CharField(_("Name"), max_length=80)
    query = models.JSONField(default=list)
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="case_views", db_index=False)
    is_shared = models.BooleanField(_("For everybody"), default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["by", "name"], name="case_view_once_a_name")]

    def __str__(self) -> str:
        return self.name


class CaseLink(models.Model):
    """Where a case comes from or was spoken of: an interaction, a conversation, or both.

    `conversation_id` is a number in a room this one does not know; flow looks it up.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="links")
    interaction = models.ForeignKey(Interaction, null=True, on_delete=models.CASCADE, related_name="cases")
    conversation_id = models.BigIntegerField(null=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(interaction__isnull=False) | models.Q(conversation_id__isnull=False),
                name="case_link_leads_somewhere",
            ),
            models.UniqueConstraint(
                fields=["case", "interaction"],
                condition=models.Q(interaction__isnull=False),
                name="case_interaction_once",
            ),
            models.UniqueConstraint(
                fields=["case", "conversation_id"],
                condition=models.Q(conversation_id__isnull=False),
                name="case_conversation_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["conversation_id"],
                condition=models.Q(conversation_id__isnull=False),
                name="cases_of_conversation",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} ← {self.interaction_id or self.conversation_id}"


class CaseStep(models.Model):
    """One thing that was done to a case: which state it came to, or what of it was changed, by whom, why."""

    class Act(models.TextChoices):
        OPENED = "opened", pgettext_lazy("case step", "Opened")
        WAITS = "waits", pgettext_lazy("case step", "Waits for somebody")
        GOES_ON = "goes_on", pgettext_lazy("case step", "Goes on")
        RESOLVED = "resolved", pgettext_lazy("case step", "Resolved")
        REOPENED = "reopened", pgettext_lazy("case step", "Reopened")
        CLOSED = "closed", pgettext_lazy("case step", "Closed")
        CHANGED = "changed", pgettext_lazy("case step", "Changed")
        LINKED = "linked", pgettext_lazy("case step", "Linked")
        REPEATS = "repeats", pgettext_lazy("case step", "Repeats another")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="steps", db_index=False)
    act = models.CharField(max_length=10, choices=Act)
    state = models.CharField(max_length=10, choices=Case.State)
    field = models.CharField(max_length=20, blank=True)
    was = models.CharField(max_length=200, blank=True)
    became = models.CharField(max_length=200, blank=True)
    why = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    act__in=[
                        "opened",
                        "waits",
                        "goes_on",
                        "resolved",
                        "reopened",
                        "closed",
                        "changed",
                        "linked",
                        "repeats",
                    ]
                ),
                name="case_step_is_known",
            )
        ]
        indexes = [models.Index(fields=["case", "at", "id"], name="steps_of_case")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.act}"


class Resolution(models.Model):
    """What was done about a case, in words; taken back when it is reopened (`undone_at`)."""

    class Kind(models.TextChoices):
        FIXED = "fixed", _("Put right")
        REPLACED = "replaced", _("Replaced")
        REFUNDED = "refunded", _("Money given back")
        EXPLAINED = "explained", _("Explained")
        APOLOGISED = "apologised", _("Apologised")
        DECLINED = "declined", _("Declined")
        UNFOUNDED = "unfounded", _("Nothing was wrong")
        OTHER = "other", pgettext_lazy("resolution", "Other")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="resolutions")
    kind = models.CharField(max_length=12, choices=Kind)
    what = models.CharField(max_length=1000)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=models.Q(undone_at=None), name="resolution_stands_once"),
            models.CheckConstraint(condition=~models.Q(what=""), name="resolution_says_what"),
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=[
                        "fixed",
                        "replaced",
                        "refunded",
                        "explained",
                        "apologised",
                        "declined",
                        "unfounded",
                        "other",
                    ]
                ),
                name="resolution_kind_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"


class Compensation(models.Model):
    """What a contact was given for what went wrong, exactly; what it comes to is a Cost of the same moment.

    `told_by` names the shop's refund that is the same money ("refund:12"), so that it is not counted twice.
    """

    class Kind(models.TextChoices):
        REFUND = "refund", pgettext_lazy("compensation", "Refund")
        VOUCHER = "voucher", _("Voucher")
        REPLACEMENT = "replacement", pgettext_lazy("compensation", "Replacement")
        GOODWILL = "goodwill", _("Goodwill")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="compensations")
    kind = models.CharField(max_length=12, choices=Kind)
    amount = models.DecimalField(max_digits=18, decimal_places=4)
    currency = models.CharField(max_length=3)
    note = models.CharField(max_length=300, blank=True)
    told_by = models.CharField(max_length=80, blank=True, db_default="")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["told_by"],
                condition=~models.Q(told_by="") & models.Q(undone_at=None),
                name="compensation_told_once",
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="compensation_is_more_than_nothing"),
            models.CheckConstraint(
                condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="compensation_currency_is_a_code"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["refund", "voucher", "replacement", "goodwill"]),
                name="compensation_kind_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} {self.currency}"
