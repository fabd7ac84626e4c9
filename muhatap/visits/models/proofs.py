"""Who a visitor is, from when until when, and what proved it."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from muhatap.accounts.models import User
from muhatap.contacts.models import Contact
from muhatap.visits.models.sites import Site


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
