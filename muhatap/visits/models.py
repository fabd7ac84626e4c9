from django.db import models
from django.utils.translation import gettext_lazy as _

from muhatap.accounts.models import User


class Site(models.Model):
    """A web site or program that sends events under its write key.

    The key stands in pages everybody can read: it opens nothing but this door. Browsers are let in from `origins` alone.
    """

    name = models.CharField(_("Name"), max_length=80)
    write_key = models.CharField(max_length=40, unique=True)
    origins = models.JSONField(default=list)
    per_second = models.PositiveIntegerField(_("Requests a second at most"), default=1000)
    is_on = models.BooleanField(_("In use"), default=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    last_event_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class DaySalt(models.Model):
    """What visitors without consent are hashed with on one day, and gone with it."""

    day = models.DateField(unique=True)
    salt = models.BinaryField()

    def __str__(self) -> str:
        return self.day.isoformat()


class Kind(models.IntegerChoices):
    """The calls of the Segment protocol."""

    IDENTIFY = 1, "identify"
    TRACK = 2, "track"
    PAGE = 3, "page"
    SCREEN = 4, "screen"
    GROUP = 5, "group"
    ALIAS = 6, "alias"


class Event(models.Model):
    """One event as it was sent, in the partition of the day it arrived (migration 0001): append-only, once per site and message id."""

    pk = models.CompositePrimaryKey("site", "message_key")
    received_at = models.DateTimeField()
    site = models.ForeignKey(Site, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    message_key = models.UUIDField()
    at = models.DateTimeField()
    kind = models.SmallIntegerField(choices=Kind)
    anonymous_id = models.TextField()
    user_id = models.TextField()
    name = models.TextField()
    url = models.TextField()
    is_bot = models.BooleanField()
    payload = models.TextField()

    class Meta:
        managed = False
        db_table = "visits_event"

    def __str__(self) -> str:
        return f"{Kind(self.kind).label} {self.name or ''}".strip()


class Visit(models.Model):
    """What one visitor did on one site without a rest of half an hour. Folded from the events; engaged seconds are those of its pages."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="visits")
    visitor = models.CharField(max_length=210)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    n_events = models.PositiveIntegerField(default=0)
    n_pages = models.PositiveIntegerField(default=0)
    engaged_ms = models.BigIntegerField(default=0)
    landing_url = models.CharField(max_length=2000, blank=True)
    referrer = models.CharField(max_length=2000, blank=True)
    source = models.CharField(max_length=12, blank=True)
    campaign = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at__gte=models.F("began_at")), name="visit_ends_after_it_began"
            )
        ]
        indexes = [
            models.Index(fields=["site", "visitor", "-ended_at"], name="visits_of_visitor"),
            models.Index(fields=["-began_at", "-id"], name="visits_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.visitor} {self.began_at:%Y-%m-%d %H:%M}"


class PageView(models.Model):
    """One page as one visitor read it. `engaged_ms` is the largest total its tracker told, never a sum of tellings."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="pages")
    key = models.CharField(max_length=100)
    url = models.CharField(max_length=2000, blank=True)
    title = models.CharField(max_length=300, blank=True)
    product = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField()
    engaged_ms = models.BigIntegerField(default=0)
    scroll = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "key"], name="page_view_once")]

    def __str__(self) -> str:
        return self.title or self.url


class Folded(models.Model):
    """Up to which moment of arrival the events are folded into visits. One row."""

    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="folded_is_one_row")]

    def __str__(self) -> str:
        return self.received_at.isoformat()


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

    site = models.ForeignKey(Site, null=True, on_delete=models.CASCADE, related_name="refusals")
    reason = models.CharField(max_length=12, choices=Reason)
    detail = models.CharField(max_length=300, blank=True)
    sample = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["site", "-id"], name="refusals_of_site")]

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}"
