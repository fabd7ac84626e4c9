from django.db import models
from django.utils.translation import gettext_lazy as _

from muhatap.accounts.models import User
from muhatap.channels.email.trouble import Trouble
from muhatap.channels.models import Inbox


class Mailbox(models.Model):
    """How far an inbox's mailbox has been read, and how it goes.

    Every mail up to `cursor` of `uid_validity`, from `first_uid` on, was offered to the intake in the transaction that moved
    the cursor: a killed process loses and doubles nothing.
    """

    inbox = models.OneToOneField(Inbox, on_delete=models.CASCADE, related_name="mailbox")
    uid_validity = models.BigIntegerField(default=0)
    first_uid = models.BigIntegerField(default=1)
    cursor = models.BigIntegerField(default=0)
    last_fetch_at = models.DateTimeField(null=True)
    last_ok_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=20, choices=Trouble, blank=True)
    trouble_detail = models.CharField(max_length=400, blank=True)
    trouble_since = models.DateTimeField(null=True)
    reconciled_at = models.DateTimeField(null=True)
    n_on_server = models.PositiveIntegerField(default=0)
    n_here = models.PositiveIntegerField(default=0)
    missing = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(cursor__gte=0, first_uid__gte=1), name="mailbox_cursor_is_a_uid")
        ]

    def __str__(self) -> str:
        return f"{self.inbox_id}: {self.uid_validity}/{self.cursor}"


class FetchedMail(models.Model):
    """One mail on the server that was offered to the intake, under which key. Two copies of one mail share a key."""

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="fetched")
    uid_validity = models.BigIntegerField()
    uid = models.BigIntegerField()
    dedupe_key = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "uid_validity", "uid"], name="mail_fetched_once")]

    def __str__(self) -> str:
        return f"{self.uid_validity}/{self.uid}"


class Errand(models.Model):
    """Something somebody asked the fetching process to do for a mailbox."""

    class Kind(models.TextChoices):
        FETCH = "fetch", _("Fetch now")
        BACKFILL = "backfill", _("Fetch older mail")
        MISSING = "missing", _("Fetch what is missing")
        WHOLE = "whole", _("Fetch large mails whole")

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="errands")
    kind = models.CharField(max_length=10, choices=Kind)
    since_on = models.DateField(null=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    n_total = models.PositiveIntegerField(default=0)
    n_done = models.PositiveIntegerField(default=0)
    n_new = models.PositiveIntegerField(default=0)
    trouble = models.CharField(max_length=20, choices=Trouble, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mailbox", "kind"], condition=models.Q(done_at=None), name="errand_open_once"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["fetch", "backfill", "missing", "whole"]), name="errand_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.mailbox_id}"


class Grant(models.Model):
    """A provider's leave to read and send for an inbox (OAuth 2.0). Both tokens are encrypted at rest."""

    inbox = models.OneToOneField(Inbox, on_delete=models.CASCADE, related_name="grant")
    provider = models.CharField(max_length=20, choices=[("google", "Google"), ("microsoft", "Microsoft")])
    client_id = models.CharField(max_length=300)
    client_secret_sealed = models.TextField(blank=True)
    tenant = models.CharField(max_length=80, blank=True)
    refresh_token_sealed = models.TextField(blank=True)
    access_token_sealed = models.TextField(blank=True)
    expires_at = models.DateTimeField(null=True)
    granted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.provider} {self.inbox_id}"
