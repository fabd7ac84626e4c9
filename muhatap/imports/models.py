from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from muhatap.accounts.models import User


class Import(models.Model):
    """One file of contacts on its way in. `position` is the place in its rows up to which everything is done, kept with what was done."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Being read")
        READ = "read", _("Waiting for its mapping")
        MAPPED = "mapped", _("Ready")
        REHEARSING = "rehearsing", pgettext_lazy("state", "Dry run")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Stopped")
        FAILED = "failed", _("Not taken")
        UNDOING = "undoing", _("Being taken back")
        UNDONE = "undone", _("Taken back")

    class Match(models.TextChoices):
        EMAIL = "email", _("E-mail")
        PHONE = "phone", _("Phone")
        SHOP = "shop", _("Shop account")
        NATIONAL = "national", _("T.C. identity number")
        NONE = "", _("Nothing: each row is a new contact")

    class Mode(models.TextChoices):
        BOTH = "both", _("Make new contacts and bring known ones up to date")
        CREATE = "create", _("Only make new contacts")
        UPDATE = "update", _("Only bring known ones up to date")

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, blank=True)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    encoding = models.CharField(max_length=20, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    rows_sha256 = models.CharField(max_length=64, blank=True)
    rows_size = models.BigIntegerField(default=0)
    n_rows = models.BigIntegerField(default=0)
    header = models.JSONField(default=list)
    samples = models.JSONField(default=list)
    fingerprint = models.CharField(max_length=64, blank=True)
    problem = models.JSONField(default=dict)
    # What a person said of how to read it, where the guess was wrong: encoding, delimiter, header_row; and decimal, dates.
    reading = models.JSONField(default=dict, db_default={})

    state = models.CharField(max_length=12, choices=State, default=State.UPLOADED)
    columns = models.JSONField(default=list)
    match = models.CharField(max_length=10, choices=Match, default=Match.EMAIL, blank=True)
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.BOTH)
    is_overwriting = models.BooleanField(default=False)
    is_lenient = models.BooleanField(default=False)
    tag = models.CharField(max_length=60, blank=True)

    position = models.BigIntegerField(default=0)
    n_done = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    rehearsal = models.JSONField(default=dict)
    # For each hand that takes back (by its number) the row down to which all of its own are done; `undo_before` is where a
    # version with one hand had come to.
    undo_places = models.JSONField(default=dict, db_default={})
    undo_before = models.BigIntegerField(null=True)
    undo_counts = models.JSONField(default=dict)

    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    began_at = models.DateTimeField(null=True)
    # Of one that waits to be begun: when it was read again last, or its dry run stopped.
    ended_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField(null=True)
    # Since when neither the file nor any cell of it is kept; what became of each row is.
    file_gone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["-at", "-id"], name="imports_by_time"),
            models.Index(fields=["at"], name="imports_with_file", condition=models.Q(file_gone_at=None)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def source(self) -> str:
        """What facts and identities of this import name as their source."""
        return f"import:{self.pk}"


class ImportRow(models.Model):
    """What became of one row. `contact` is a number and no key: a million rows must neither hold nor move with contacts."""

    class Outcome(models.TextChoices):
        CREATED = "created", _("New")
        UPDATED = "updated", _("Brought up to date")
        MERGED = "merged", _("The same contact as an earlier row")
        UNCHANGED = "unchanged", _("Nothing new")
        LEFT = "left", _("Left out")
        FAILED = "failed", _("Not taken")

    class Undone(models.TextChoices):
        NOT = "", "–"
        REVERSED = "reversed", _("Taken back")
        KEPT = "kept", _("Kept, because it was changed since")
        FAILED = "failed", _("Could not be taken back")

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows", db_index=False)
    number = models.BigIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    contact = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=40, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    before = models.JSONField(null=True)
    undone = models.CharField(max_length=10, choices=Undone, default=Undone.NOT, db_default="", blank=True)
    undone_why = models.CharField(max_length=300, default="", db_default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["of", "number"], name="import_row_once")]
        indexes = [
            models.Index(
                fields=["of", "outcome", "number"],
                name="import_rows_told",
                condition=models.Q(outcome__in=["failed", "left"]),
            ),
            models.Index(
                fields=["of", "outcome", "number"],
                name="import_rows_known",
                condition=models.Q(outcome__in=["updated", "merged", "unchanged"]),
            ),
            models.Index(
                fields=["of", "undone", "number"],
                name="import_rows_stayed",
                condition=models.Q(undone__in=["kept", "failed"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.outcome}"


class FileKeeping(models.Model):
    """How long files of imports stand after their import: the one row in which the firm says so. None is for ever."""

    days = models.PositiveSmallIntegerField(null=True, default=30)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="file_keeping_is_one_row")]

    def __str__(self) -> str:
        return str(self.days)


class RehearsedKey(models.Model):
    """A key that a dry run met in the file and nowhere else: so that it knows the second row with it again. Gone when the run is over."""

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["of", "key"], name="rehearsed_key_once")]

    def __str__(self) -> str:
        return str(self.key)


class SavedMapping(models.Model):
    """What the columns of files with this header meant the last time somebody said so."""

    fingerprint = models.CharField(max_length=64, unique=True)
    columns = models.JSONField(default=list)
    match = models.CharField(max_length=10, blank=True)
    mode = models.CharField(max_length=10)
    is_overwriting = models.BooleanField(default=False)
    is_lenient = models.BooleanField(default=False)
    decimal = models.CharField(max_length=1, blank=True, db_default="")
    dates = models.CharField(max_length=3, blank=True, db_default="")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.fingerprint[:8]


class Export(models.Model):
    """Everything the firm keeps, as files anybody can read. Its file goes away after a while; that it was made stays."""

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Ready")
        FAILED = "failed", _("Failed")
        EXPIRED = "expired", _("No longer kept")
        CANCELLED = "cancelled", _("Stopped")

    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(default=0)
    n_total = models.BigIntegerField(default=0)
    n_done = models.BigIntegerField(default=0)
    with_files = models.BooleanField(default=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-at", "-id"], name="exports_by_time")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}"
