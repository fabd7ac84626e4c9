"""The roll-ups: what pages, products, sources and elements came to."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from muhatap.visits.models.sites import Site
from muhatap.visits.models.visits import Device


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
