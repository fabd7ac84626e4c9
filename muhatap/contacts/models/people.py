"""People and firms outside the company, and what is noted about them."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.utils.translation import gettext_lazy as _

from muhatap.accounts.models import User
from muhatap.shared import phone


class Company(models.Model):
    """The firm a contact belongs to."""

    name = models.CharField(_("Name"), max_length=200)
    domain = models.CharField(_("Web address"), max_length=253, blank=True)
    folded = models.CharField(max_length=200, unique=True, editable=False)
    sort_key = models.CharField(max_length=200, editable=False, db_collation="C")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["sort_key", "id"], name="company_by_name"),
            GinIndex(fields=["folded"], opclasses=["gin_trgm_ops"], name="company_search"),
        ]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    name = models.CharField(_("Name"), max_length=60)
    folded = models.CharField(max_length=60, unique=True, editable=False)

    def __str__(self) -> str:
        return self.name


def called(name: str, email: str, telephone: str) -> str:
    """What somebody is called by the best we know of them."""
    return name or email or phone.readable(telephone) or str(_("Unnamed contact"))


class Contact(models.Model):
    """A person outside the company. Its fields are the profile's current values; where each came from stands in ProfileFact."""

    name = models.CharField(_("Name"), max_length=200, blank=True)
    email = models.CharField(_("E-mail"), max_length=320, blank=True)
    phone = models.CharField(_("Phone"), max_length=32, blank=True)
    city = models.CharField(_("City"), max_length=120, blank=True)
    language = models.CharField(_("Language"), max_length=5, blank=True)
    company = models.ForeignKey(
        Company, null=True, blank=True, on_delete=models.SET_NULL, related_name="contacts", db_index=False
    )
    fields = models.JSONField(default=dict)
    tags = models.ManyToManyField(Tag, through="ContactTag", related_name="contacts")
    sort_key = models.CharField(max_length=200, editable=False, db_collation="C")
    search_text = models.TextField(editable=False)
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="absorbed", db_index=False
    )

    class Meta:
        indexes = [
            models.Index(fields=["sort_key", "id"], name="contact_by_name", condition=models.Q(merged_into=None)),
            models.Index(fields=["-last_seen_at", "-id"], name="contact_by_seen", condition=models.Q(merged_into=None)),
            # Most have no firm, were never merged and have no field of the firm's own: these have no entry for them.
            models.Index(
                fields=["company", "sort_key", "id"], name="contacts_of_firm", condition=models.Q(company__isnull=False)
            ),
            models.Index(fields=["merged_into"], name="contacts_merged", condition=models.Q(merged_into__isnull=False)),
            models.Index(models.Func("city", function="fold_tr"), name="contact_of_city", condition=~models.Q(city="")),
            GinIndex(
                fields=["fields"],
                opclasses=["jsonb_path_ops"],
                name="contacts_by_field",
                condition=~models.Q(fields={}),
            ),
            GinIndex(fields=["search_text"], opclasses=["gin_trgm_ops"], name="contact_search"),
        ]

    def __str__(self) -> str:
        return called(self.name, self.email, self.phone)

    def standing(self) -> "Contact":
        """This contact, or the one it was merged into in the end."""
        contact = self
        while contact.merged_into is not None:
            contact = contact.merged_into
        return contact


class CustomField(models.Model):
    """A field the company added without code, to contacts or to conversations."""

    class About(models.TextChoices):
        CONTACT = "contact", _("Contact")
        CONVERSATION = "conversation", _("Conversation")

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")
        CHOICE = "choice", _("Choice")
        MONEY = "money", _("Money")

    key = models.SlugField(max_length=40, unique=True)
    label = models.CharField(_("Label"), max_length=80)
    about = models.CharField(_("About"), max_length=12, choices=About, default=About.CONTACT, db_default="contact")
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind)
    choices = models.JSONField(default=list, blank=True)
    position = models.PositiveIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["text", "number", "date", "choice", "money"]),
                name="custom_field_kind_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(about__in=["contact", "conversation"]), name="custom_field_is_about_something"
            ),
        ]

    def __str__(self) -> str:
        return self.label


class ContactTag(models.Model):
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="taggings", db_index=False)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="taggings")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contact", "tag"], name="contact_tag_once")]

    def __str__(self) -> str:
        return f"{self.contact} · {self.tag}"


class ContactNote(models.Model):
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(_("Note"))
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [GinIndex(OpClass(models.Func("text", function="fold_tr"), name="gin_trgm_ops"), name="note_search")]

    def __str__(self) -> str:
        return self.text[:60]


class SavedView(models.Model):
    """A named filter over the list of contacts, one's own or everybody's."""

    name = models.CharField(_("Name"), max_length=80)
    query = models.JSONField(default=dict)
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="contact_views")
    is_shared = models.BooleanField(_("For everybody"), default=False)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
