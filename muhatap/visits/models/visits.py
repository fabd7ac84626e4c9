"""Visits, folded from the events."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from muhatap.interactions.models import Interaction
from muhatap.visits.models.sites import Site


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


class VisitNews(models.Model):
    """A visit that changed and may be somebody's: flow has to tell the ledger. Gone when it was told."""

    visit = models.OneToOneField(Visit, primary_key=True, on_delete=models.CASCADE, related_name="news")

    def __str__(self) -> str:
        return str(self.visit_id)
