from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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


class Merge(models.Model):
    """Two contacts became one. Everything that moved is written down, so that it can go back."""

    keep = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="merges_kept")
    drop = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="merges_dropped")
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    values_before = models.JSONField(default=dict)
    undone_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(keep=models.F("drop")), name="merge_of_two"),
            models.UniqueConstraint(fields=["drop"], condition=models.Q(undone_at=None), name="merge_standing_once"),
        ]

    def __str__(self) -> str:
        return f"{self.drop_id} → {self.keep_id}"


class MergeMove(models.Model):
    """One row that a merge moved: app.model.field and number. A twin of a row already there could not move and stayed with the dropped contact."""

    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="moves", db_index=False)
    relation = models.CharField(max_length=80)
    row_id = models.BigIntegerField()
    is_twin = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merge", "relation", "row_id"], name="move_once")]

    def __str__(self) -> str:
        return f"{self.relation} {self.row_id}"


class Likeness(models.Model):
    """Something said that two contacts may be one, or somebody answered that they are not. Never merges anybody by itself."""

    one = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="likenesses")
    other = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="likenesses_of_others")
    because = models.CharField(max_length=20)
    detail = models.CharField(max_length=320, blank=True)
    weight = models.FloatField(null=True)
    evidence = models.JSONField(default=list, db_default=[])
    at = models.DateTimeField()
    denied_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    denied_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(one=models.F("other")), name="likeness_of_two"),
            models.UniqueConstraint(Least("one", "other"), Greatest("one", "other"), name="likeness_once"),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} ≈ {self.other_id} ({self.because})"


class SourceRecord(models.Model):
    """What one source said of one person, as it was given. Its words never change (trigger); a new word is a new version.

    `home_id` is the contact the ledger last linked it to, `contact` the one in which it stands: that home, or what the home
    was merged into. So taking a merge apart needs no memory of which records it moved.
    """

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="records")
    home_id = models.BigIntegerField()
    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=320)
    version = models.IntegerField(default=1)
    told = models.JSONField(default=dict)
    values = models.JSONField(default=dict)
    normal = models.JSONField(default=dict)
    is_trusted = models.BooleanField(default=False)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    is_current = models.BooleanField(default=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id", "version"], name="record_version_once"),
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=models.Q(is_current=True), name="record_current_once"
            ),
            models.CheckConstraint(
                condition=models.Q(is_current=False) | models.Q(withdrawn_at=None), name="record_withdrawn_is_past"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.external_id}"


class LedgerEntry(models.Model):
    """One thing somebody decided about who is who. Append-only (trigger), without foreign keys: it outlives what it speaks of.

    `one` and `other` are contacts (of a merge: the kept and the dropped one; of a bond: the lower number first).
    """

    class Kind(models.TextChoices):
        LINK = "link", _("Linked")
        UNLINK = "unlink", _("Unlinked")
        MERGE = "merge", pgettext_lazy("ledger", "Merged")
        UNMERGE = "unmerge", _("Un-merged")
        SPLIT = "split", pgettext_lazy("ledger", "Split")
        MUST_LINK = "must_link", _("The same person")
        CANNOT_LINK = "cannot_link", _("Different people")
        FREE = "free", _("Undecided again")

    kind = models.CharField(max_length=12, choices=Kind)
    one = models.BigIntegerField()
    other = models.BigIntegerField(null=True)
    record_id = models.BigIntegerField(null=True)
    merge_id = models.BigIntegerField(null=True)
    evidence = models.JSONField(default=dict)
    reason = models.CharField(max_length=200, blank=True)
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind__in=["must_link", "cannot_link", "free"])
                | models.Q(one__lt=models.F("other")),
                name="bond_lower_first",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind__in=["link", "unlink"]) | models.Q(record_id__isnull=False),
                name="link_of_a_record",
            ),
        ]
        indexes = [
            models.Index(fields=["one", "-id"], name="ledger_of_one"),
            models.Index(fields=["other", "-id"], name="ledger_of_other", condition=models.Q(other__isnull=False)),
            models.Index(
                fields=["record_id", "-id"], name="ledger_of_record", condition=models.Q(record_id__isnull=False)
            ),
            models.Index(
                fields=["one", "other", "-id"],
                name="ledger_bonds",
                condition=models.Q(kind__in=["must_link", "cannot_link", "free"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.one} {self.other or self.record_id}"


class MatchKey(models.Model):
    """A key under which a current source record is sought. The primary key is the index that answers, so nothing else is read."""

    pk = models.CompositePrimaryKey("key", "record_id")
    key = models.BigIntegerField()
    record = models.ForeignKey(SourceRecord, on_delete=models.CASCADE, related_name="keys")

    def __str__(self) -> str:
        return f"{self.key} → {self.record_id}"


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


class SurvivorshipRule(models.Model):
    """How one field's value is chosen, where it is not by the default: the steps in their order, how much each source is believed."""

    field = models.CharField(max_length=60, unique=True)
    steps = models.JSONField(default=list)
    trust = models.JSONField(default=dict)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.field


class LearnedWeights(models.Model):
    """What answers of people taught on top of the starting weights: bits for each field and level. The newest that is used stands.

    `base` is the starting model they were learned on; on another one they do not hold. The losses are of answers that were
    held back (bits an answer), before and after.
    """

    bits = models.JSONField(default=dict)
    base = models.CharField(max_length=16)
    n_answers = models.PositiveIntegerField()
    loss_before = models.FloatField()
    loss_after = models.FloatField()
    is_used = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_used=False) | models.Q(loss_after__lte=models.F("loss_before")),
                name="learned_weights_used_when_not_worse",
            )
        ]
        indexes = [models.Index(fields=["-id"], name="learned_weights_used", condition=models.Q(is_used=True))]

    def __str__(self) -> str:
        return f"{self.base}-{self.pk}"
