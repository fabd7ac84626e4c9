"""Addresses by which people are known, what they agreed to, and what each source said of their fields."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from muhatap.accounts.models import User
from muhatap.contacts.models.people import Contact


class Identity(models.Model):
    """One address or handle of a contact on one kind of channel. Only a verified one recognises; dated, never deleted by a merge.

    `vouched_at`: a trusted source named it, whoever has it verified.
    """

    class Kind(models.TextChoices):
        EMAIL = "email", _("E-mail")
        PHONE = "phone", _("Phone")
        VISITOR = "visitor", _("Browser")
        SHOP = "shop", _("Shop account")
        HANDLE = "handle", _("Public account")
        NATIONAL = "national", _("T.C. identity number")

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="identities", db_index=False)
    kind = models.CharField(max_length=20, choices=Kind)
    value = models.CharField(max_length=320)
    comparable = models.CharField(max_length=320)
    written = models.CharField(max_length=320, blank=True)
    source = models.CharField(max_length=40)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.CharField(max_length=40, blank=True)
    vouched_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)
    bounce_detail = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "value"], condition=models.Q(verified_at__isnull=False), name="identity_verified_once"
            ),
            models.UniqueConstraint(fields=["contact", "kind", "value"], name="identity_once_per_contact"),
            models.CheckConstraint(
                condition=models.Q(verified_at__isnull=True, verified_by="")
                | models.Q(verified_at__isnull=False) & ~models.Q(verified_by=""),
                name="identity_verified_how_and_when",
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "comparable"], name="identity_comparable"),
            models.Index(
                fields=["kind", "value"],
                name="identity_vouched",
                condition=models.Q(vouched_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.written or self.value


class Consent(models.Model):
    """That a contact agreed to something on one way of reaching them, or took it back: their newest word stands."""

    class Purpose(models.TextChoices):
        OFFERS = "offers", _("News and offers")
        RESEARCH = "research", _("Surveys")

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="consents", db_index=False)
    channel = models.CharField(max_length=20)
    purpose = models.CharField(max_length=12, choices=Purpose)
    source = models.CharField(max_length=40)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    # The file that told of it, so that it goes when the file does.
    withdrawn_source = models.CharField(max_length=40, blank=True, default="", db_default="")
    # Where they said it, and what shows it.
    proof = models.CharField(max_length=300, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(withdrawn_at=None) | models.Q(withdrawn_at__gte=models.F("given_at")),
                name="consent_is_withdrawn_after_it_was_given",
            )
        ]
        indexes = [models.Index(fields=["contact", "channel", "purpose", "-given_at"], name="consents_of_contact")]

    def __str__(self) -> str:
        return f"{self.channel} {self.purpose}"


class ProfileFact(models.Model):
    """One value that one source told of one field at one moment; the newest trusted one is the contact's current value."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="facts", db_index=False)
    field = models.CharField(max_length=60)
    value = models.JSONField(null=True)
    source = models.CharField(max_length=40)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["contact", "field", "-at", "-id"], name="facts_of_field"),
            models.Index(fields=["by"], name="facts_by_somebody", condition=models.Q(by__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.field}={self.value} ({self.source})"


class IdentityRule(models.Model):
    """How far one kind of identity proves who somebody is; a kind without a row goes by the defaults in `graph`."""

    kind = models.CharField(max_length=20, unique=True, choices=Identity.Kind)
    priority = models.PositiveSmallIntegerField(_("Priority"))
    n_per_contact = models.PositiveIntegerField(_("At most per contact"))
    window_days = models.PositiveIntegerField(_("within days"), null=True, blank=True)
    n_people = models.PositiveIntegerField(_("At most people with one value"))
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(n_per_contact__gte=1, n_people__gte=1), name="identity_rule_allows_one"
            )
        ]

    def __str__(self) -> str:
        return self.kind


class BlockedValue(models.Model):
    """A value, or a form of values, that is nobody's own: `how` says in which way."""

    class How(models.TextChoices):
        EXACT = "exact", _("This value")
        PATTERN = "pattern", _("All that look like it (* stands for anything)")
        ROLE = "role", _("Role mailbox")
        SWITCHBOARD = "switchboard", _("Switchboard of a firm")

    kind = models.CharField(_("Kind"), max_length=20, choices=Identity.Kind)
    how = models.CharField(_("What it is"), max_length=12, choices=How)
    value = models.CharField(_("Value"), max_length=320)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="blocked_once")]

    def __str__(self) -> str:
        return self.value


class SharedValue(models.Model):
    """A value more people have than its kind allows: it speaks of a household or a firm, and proves no person."""

    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=320)
    n_people = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="shared_once")]

    def __str__(self) -> str:
        return f"{self.value} ({self.n_people})"
