from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from muhatap.accounts.models import User
from muhatap.contacts.models import Contact
from muhatap.interactions.models import Interaction


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
    by_server = models.BooleanField(default=False)  # under the site's secret key: what it says of customers holds

    class Meta:
        managed = False
        db_table = "visits_event"

    def __str__(self) -> str:
        return f"{Kind(self.kind).label} {self.name or ''}".strip()


class EventKeeping(models.Model):
    """How long events stand as they were sent: the one row in which the firm says so, and what has gone. Months are None for ever.

    Before `gone_before` nothing that arrived stands in the database any more, and of days before `lake_gone_before` nothing in the lake.
    """

    months = models.PositiveSmallIntegerField(null=True, default=6)
    lake_months = models.PositiveSmallIntegerField(null=True, default=24)
    gone_before = models.DateTimeField(null=True)
    lake_gone_before = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="event_keeping_is_one_row"),
            models.CheckConstraint(
                condition=models.Q(lake_months=None)
                | models.Q(months__isnull=False, lake_months__gte=models.F("months")),
                name="lake_keeps_no_less",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.months}, {self.lake_months}"


class Device(models.IntegerChoices):
    """By the width of the screen, as far as it was told."""

    UNKNOWN = 0, _("Not told")
    PHONE = 1, _("Phone")
    TABLET = 2, _("Tablet")
    COMPUTER = 3, _("Computer")


class Step(models.IntegerChoices):
    """How far a visit came on its way to an order."""

    CAME = 0, _("Came")
    LOOKED = 1, _("Looked at a product")
    CLOSELY = 2, _("Looked closely")
    CARTED = 3, _("Added to the cart")
    CHECKOUT = 4, _("Went to the checkout")
    ORDERED = 5, _("Ordered")


class Visit(models.Model):
    """What one visitor did on one site without a rest of half an hour. Folded from the events; engaged seconds are those of its pages."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="visits", db_index=False)
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
    device = models.PositiveSmallIntegerField(choices=Device, default=Device.UNKNOWN, db_default=Device.UNKNOWN)
    reached = models.PositiveSmallIntegerField(choices=Step, default=Step.CAME, db_default=Step.CAME)
    entry_path = models.CharField(max_length=300, blank=True, default="", db_default="")
    exit_path = models.CharField(max_length=300, blank=True, default="", db_default="")
    n_clicks = models.PositiveIntegerField(default=0, db_default=0)
    said = models.CharField(max_length=200, default="", db_default="", blank=True)  # who they say they are: a claim
    interaction = models.OneToOneField(Interaction, null=True, on_delete=models.SET_NULL, related_name="visit")

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

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="pages", db_index=False)
    key = models.CharField(max_length=100)
    url = models.CharField(max_length=2000, blank=True)
    title = models.CharField(max_length=300, blank=True)
    product = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField()
    engaged_ms = models.BigIntegerField(default=0)
    scroll = models.PositiveSmallIntegerField(default=0)
    path = models.CharField(max_length=300, blank=True, default="", db_default="")
    device = models.PositiveSmallIntegerField(choices=Device, default=Device.UNKNOWN, db_default=Device.UNKNOWN)
    shown = models.JSONField(default=dict, db_default={})  # milliseconds a card of each other product was in view

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "key"], name="page_view_once")]
        indexes = [
            models.Index(fields=["path", "-at"], name="page_views_of_path"),
            models.Index(fields=["product", "-at"], name="page_views_of_product", condition=~models.Q(product="")),
        ]

    def __str__(self) -> str:
        return self.title or self.url


class ProductInterest(models.Model):
    """What one visitor did with one product in one visit, each kind apart, so that closeness explains itself."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="interests", db_index=False)
    product = models.CharField(max_length=100)
    name = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    n_looks = models.PositiveIntegerField(default=0)
    engaged_ms = models.BigIntegerField(default=0)
    n_gallery = models.PositiveIntegerField(default=0)
    n_variants = models.PositiveIntegerField(default=0)
    shown_ms = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "product"], name="interest_once")]
        indexes = [models.Index(fields=["product", "-at"], name="interest_in_product")]

    def __str__(self) -> str:
        return self.name or self.product


class EmptySearch(models.Model):
    """Somebody searched on the site and nothing was found."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="empty_searches", db_index=False)
    query = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "query"], name="empty_search_once_a_visit")]
        indexes = [
            models.Index(fields=["-at"], name="empty_searches_newest"),
            models.Index(models.Func("query", function="fold_tr"), "visit", name="empty_searches_for_words"),
        ]

    def __str__(self) -> str:
        return self.query


class How(models.TextChoices):
    """What proved who a visitor is."""

    SIGNED = "signed", _("Logged in, signed by the shop")
    SERVER = "server", _("Told by the shop’s server")
    CHAT = "chat", _("Logged in, signed in the chat")


class VisitorProof(models.Model):
    """Somebody who may say so said who a visitor is. Judged once, outside of the fold; a signature kept here is spent.

    One that said what was known already is not kept (ADR 0032), and so not spent.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="proofs", db_index=False)
    visitor = models.CharField(max_length=210)
    how = models.CharField(max_length=10, choices=How)
    subject = models.CharField(max_length=200)
    email = models.CharField(max_length=320, blank=True)
    is_email_verified = models.BooleanField(default=False)
    name = models.CharField(max_length=120, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    judged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "digest"], condition=~models.Q(digest=""), name="proof_spent_by_one_visitor"
            )
        ]
        indexes = [
            models.Index(fields=["site", "visitor", "at"], name="proofs_of_visitor"),
            models.Index(fields=["id"], condition=models.Q(judged_at=None), name="proofs_to_judge"),
        ]

    def __str__(self) -> str:
        return f"{self.visitor} is {self.subject}"


class Period(models.Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class VisitorLink(models.Model):
    """From when until when a visitor of a site is one known contact, and what proved it. One at a time; taken back, it holds no more."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="links", db_index=False)
    visitor = models.CharField(max_length=210)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="visitor_links", db_index=False)
    how = models.CharField(max_length=10, choices=How)
    subject = models.CharField(max_length=200)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    proved_at = models.DateTimeField()
    made_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="visitor_is_one_contact_at_a_time",
                expressions=[
                    ("site", RangeOperators.EQUAL),
                    ("visitor", RangeOperators.EQUAL),
                    (Period("from_at", "until_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=models.Q(taken_back_at=None),
            ),
            models.CheckConstraint(
                condition=models.Q(until_at=None) | models.Q(until_at__gt=models.F("from_at")),
                name="link_ends_after_it_began",
            ),
        ]
        indexes = [
            models.Index(fields=["contact", "-from_at"], name="links_of_contact"),
            models.Index(fields=["site", "visitor", "from_at"], name="links_of_visitor"),
        ]

    def __str__(self) -> str:
        return f"{self.visitor} → {self.contact_id}"


class VisitNews(models.Model):
    """A visit that changed and may be somebody's: flow has to tell the ledger. Gone when it was told."""

    visit = models.OneToOneField(Visit, primary_key=True, on_delete=models.CASCADE, related_name="news")

    def __str__(self) -> str:
        return str(self.visit_id)


class Folded(models.Model):
    """Up to which moment of arrival the events are folded into visits. One row."""

    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="folded_is_one_row")]

    def __str__(self) -> str:
        return self.received_at.isoformat()


class Dim(models.IntegerChoices):
    """What a cell of the roll-ups is about."""

    PAGE = 1, _("Page")
    PRODUCT = 2, _("Product")
    SOURCE = 3, _("Source")
    CAMPAIGN = 4, _("Campaign")
    LENGTH = 5, _("Engaged time")
    ELEMENT = 6, _("Element")


class Cell(models.Model):
    """What one page, product, source or campaign came to on one kind of device. Visits count at their beginning, with their whole length."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+", db_index=False)
    dim = models.PositiveSmallIntegerField(choices=Dim)
    key = models.CharField(max_length=620)
    device = models.PositiveSmallIntegerField(choices=Device)
    n_views = models.BigIntegerField(default=0)
    n_visits = models.BigIntegerField(default=0)
    engaged_ms = models.BigIntegerField(default=0)
    scroll = models.BigIntegerField(default=0)
    n_clicks = models.BigIntegerField(default=0)
    n_entries = models.BigIntegerField(default=0)
    n_exits = models.BigIntegerField(default=0)
    shown_ms = models.BigIntegerField(default=0)
    n_looked = models.BigIntegerField(default=0)
    n_close = models.BigIntegerField(default=0)
    n_carted = models.BigIntegerField(default=0)
    n_checkout = models.BigIntegerField(default=0)
    n_sold = models.BigIntegerField(default=0)
    n_short = models.BigIntegerField(default=0)
    n_known = models.BigIntegerField(default=0)

    class Meta:
        abstract = True


class MinuteTally(Cell):
    """By the minute, for the last two days."""

    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dim", "at", "site", "key", "device"], name="visits_minute_cell")
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.key}"


class DayTally(Cell):
    """By the day of the firm's time zone, for good."""

    on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dim", "on", "site", "key", "device"], name="visits_day_cell")]

    def __str__(self) -> str:
        return f"{self.on} {self.key}"


class TallyChange(Cell):
    """A change on its way into the cells: triggers (migration 0003) and folding append, the end of a fold adds up."""

    site = models.ForeignKey(Site, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.key}"


class ElementDay(models.Model):
    """Clicks on one element of one page on one day; `x` and `y` sum where in the element, the rest where it stood in the page."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+", db_index=False)
    path = models.CharField(max_length=300)
    on = models.DateField()
    device = models.PositiveSmallIntegerField(choices=Device)
    element = models.CharField(max_length=300)
    n = models.BigIntegerField()
    x = models.FloatField()
    y = models.FloatField()
    n_placed = models.BigIntegerField()
    left = models.FloatField()
    top = models.FloatField()
    width = models.FloatField()
    height = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["path", "on", "site", "element", "device"], name="visits_element_day")
        ]
        indexes = [  # of all pages below a path, day by day
            models.Index(
                fields=["on", "path"], opclasses=["date_ops", "varchar_pattern_ops"], name="visits_elements_below"
            )
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.path} {self.element}"


class Named(models.Model):
    """What people call it: the title of a page, the name of a product, the words on an element; the last that was told."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+", db_index=False)
    dim = models.PositiveSmallIntegerField(choices=Dim)
    key = models.CharField(max_length=620)
    name = models.CharField(max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dim", "key", "site"], name="visits_named_once")]

    def __str__(self) -> str:
        return self.name


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
