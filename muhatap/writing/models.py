from django.db import models
from django.utils.translation import gettext_lazy as _

from muhatap.accounts.models import Team, User
from muhatap.channels.models import Inbox

LANGUAGES = [("", _("Any")), ("tr", "Türkçe"), ("en", "English")]


class CannedReply(models.Model):
    """An answer written once and used often; `html` is a Liquid template of our small HTML."""

    class Scope(models.TextChoices):
        MINE = "mine", _("Only me")
        TEAM = "team", _("A team")
        INBOXES = "inboxes", _("Some inboxes")
        EVERYBODY = "everybody", _("Everybody")

    title = models.CharField(_("Title"), max_length=120)
    shortcut = models.CharField(_("Shortcut"), max_length=40, blank=True)
    html = models.TextField(_("Text"))
    language = models.CharField(_("Language"), max_length=5, blank=True, choices=LANGUAGES)
    scope = models.CharField(_("For whom"), max_length=10, choices=Scope, default=Scope.MINE)
    owner = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="canned_replies")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="canned_replies")
    inboxes = models.ManyToManyField(Inbox, blank=True, related_name="canned_replies")
    files = models.JSONField(default=list)
    n_used = models.PositiveIntegerField(default=0)
    last_used_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    search_text = models.TextField(editable=False, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scope="team", team__isnull=False) | ~models.Q(scope="team") & models.Q(team=None),
                name="canned_reply_team_when_for_a_team",
            ),
            models.CheckConstraint(
                condition=models.Q(scope="mine", owner__isnull=False) | ~models.Q(scope="mine") & models.Q(owner=None),
                name="canned_reply_owner_when_mine",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Signature(models.Model):
    """What stands under an answer: of an inbox, an agent, a language, or of any. The most particular one is taken."""

    inbox = models.ForeignKey(Inbox, null=True, blank=True, on_delete=models.CASCADE, related_name="signatures")
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="signatures")
    language = models.CharField(_("Language"), max_length=5, blank=True, choices=LANGUAGES)
    html = models.TextField(_("Signature"))
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["inbox", "user", "language"], nulls_distinct=False, name="signature_once_per_place"
            )
        ]

    def __str__(self) -> str:
        return f"{self.inbox or '*'} {self.user or '*'} {self.language or '*'}"
