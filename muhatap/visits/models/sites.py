"""Sites that send events, and what was refused of them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from muhatap.accounts.models import User


class Site(models.Model):
    """A web site or program that sends events under its write key.

    The key stands in pages everybody can read: it opens nothing but this door. Browsers are let in from `origins` alone.
    What proves customers stands in no page: the secret with which the shop's server signs who is logged in, and the key under
    which that server itself sends.
    """

    name = models.CharField(_("Name"), max_length=80)
    write_key = models.CharField(max_length=40, unique=True)
    origins = models.JSONField(default=list)
    per_second = models.PositiveIntegerField(_("Requests a second at most"), default=1000)
    is_on = models.BooleanField(_("In use"), default=True)
    # Nobody is known again after the day, whatever a page, a program or a visitor says.
    is_nameless = models.BooleanField(_("Without consent"), default=False, db_default=False)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    last_event_at = models.DateTimeField(null=True)
    identity_secret_sealed = models.TextField(default="", db_default="", blank=True)
    server_key_hash = models.CharField(max_length=64, default="", db_default="", blank=True)

    def __str__(self) -> str:
        return self.name


class DaySalt(models.Model):
    """What visitors without consent are hashed with on one day, and gone with it."""

    day = models.DateField(unique=True)
    salt = models.BinaryField()

    def __str__(self) -> str:
        return self.day.isoformat()


class Refusal(models.Model):
    """An event that was answered and not kept, with the reason; the newest of each site stay, for whoever sets the site up."""

    class Reason(models.TextChoices):
        SHAPE = "shape", _("It is not shaped as the protocol says")
        LARGE = "large", _("It is larger than an event may be")
        NOBODY = "nobody", _("It says neither userId nor anonymousId")
        NAMELESS = "nameless", _("It lacks what its kind needs")
        ORIGIN = "origin", _("It came from a page that is not on the list")
        KEY = "key", _("Its write key is unknown or turned off")
        UNSTORABLE = "unstorable", _("The database cannot keep it")
        BLOCKED = "blocked", _("Kept, but tied to nobody: this is no customer’s number")
        SIGNATURE = "signature", _("Kept, but tied to nobody: the signature does not hold")
        COPIED = "copied", _("Kept, but tied to nobody: this signature was used in another browser")
        CONSENT = "consent", _("This site knows nobody: what only says who somebody is, is not kept")
        EXPOSED = "exposed", _("A page sent it with the secret key of servers. Make a new key")

    site = models.ForeignKey(Site, null=True, on_delete=models.CASCADE, related_name="refusals", db_index=False)
    reason = models.CharField(max_length=12, choices=Reason)
    detail = models.CharField(max_length=300, blank=True)
    sample = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["site", "-id"], name="refusals_of_site")]

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}"
