from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from muhatap.shared.text import sort_key


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    ADMINISTRATOR = "administrator", _("Administrator")
    TEAM_LEAD = "team_lead", _("Team lead")
    AGENT = "agent", _("Agent")
    MARKETER = "marketer", _("Marketer")
    ANALYST = "analyst", _("Analyst")


class Visibility(models.TextChoices):
    """Which conversations somebody sees; applied in conversations.visibility and nowhere else."""

    OWN = "own", _("Own conversations")
    TEAM = "team", _("Conversations of their teams")
    INBOX = "inbox", _("Conversations of their inboxes")
    ALL = "all", _("All conversations")


class UserAccounts(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A login of the staff. Never a customer: that is a Contact."""

    email = models.EmailField(_("E-mail"), unique=True)
    name = models.CharField(_("Name"), max_length=120)
    role = models.CharField(_("Role"), max_length=20, choices=Role, default=Role.AGENT)
    visibility = models.CharField(_("Sees"), max_length=10, choices=Visibility, default=Visibility.INBOX)
    language = models.CharField(
        _("Language"), max_length=5, choices=[("tr", "Türkçe"), ("en", "English")], default="tr"
    )
    theme = models.CharField(
        max_length=5, choices=[("", _("As the system")), ("light", _("Light")), ("dark", _("Dark"))], blank=True
    )
    is_active = models.BooleanField(_("May log in"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserAccounts] = UserAccounts()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="user_role_is_known"),
            models.CheckConstraint(
                condition=models.Q(visibility__in=Visibility.values), name="user_visibility_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def sort_key(self) -> str:
        return sort_key(self.name)


class Team(models.Model):
    name = models.CharField(_("Name"), max_length=80, unique=True)
    members = models.ManyToManyField(User, through="Membership", related_name="teams")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    since_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.team}"


class AuditEntry(models.Model):
    """Who did what to whom. Append-only (a trigger refuses changes) and chained by AuditLink when it commits.

    Without foreign keys, on purpose: the log never blocks a deletion and outlives what it speaks of.
    """

    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=120, blank=True)
    act = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=40)
    object_id = models.CharField(max_length=64)
    object_name = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["act", "-id"], name="audit_of_act"),
            models.Index(fields=["object_kind", "object_id", "-id"], name="audit_of_object"),
            models.Index(fields=["by_id", "-id"], name="audit_of_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.by_name} {self.act} {self.object_kind} {self.object_id}"


class AuditLink(models.Model):
    """The place of an entry in the chain, in the order of commits. Written by the database alone (migration 0003)."""

    place = models.BigIntegerField(primary_key=True)
    # No constraint: removing the entry must be found by the check, not be made harder for honest restores.
    entry = models.OneToOneField(AuditEntry, on_delete=models.DO_NOTHING, related_name="link", db_constraint=False)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.place} {self.hash[:12]}"


class Invitation(models.Model):
    """A one-time link with which somebody sets a password: for the first time, or a new one. Only its hash is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(used_at=None, revoked_at=None), name="invitation_open_once"
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")), name="invitation_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.expires_at:%Y-%m-%d}"


class ApiKey(models.Model):
    """A key with which a program acts as somebody of the staff: their role and what they see apply, narrowed by its scopes.

    Only a hash of it is kept; the beginning is shown, so that people can tell keys apart.
    """

    name = models.CharField(_("Name"), max_length=80)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    scopes = models.JSONField(default=list)
    token_hash = models.CharField(max_length=64, unique=True)
    prefix = models.CharField(max_length=16)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at=None) | models.Q(expires_at__gt=models.F("created_at")),
                name="api_key_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ApiRequest(models.Model):
    """A request with an Idempotency-Key and its answer, kept in the transaction of its act: whoever asks again gets it again."""

    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="requests")
    name = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.JSONField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "name"], name="api_request_once")]
        indexes = [models.Index(fields=["at"], name="api_requests_by_age")]

    def __str__(self) -> str:
        return self.name
