from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from muhatap.accounts.models import Team, User


class Inbox(models.Model):
    """One configured box of a channel: destek@firma.com, the widget on the shop.

    `settings` holds what the kind needs; values under names ending in `_sealed` are encrypted (shared.secrets).
    """

    kind = models.CharField(max_length=20)
    name = models.CharField(_("Name"), max_length=120, unique=True)
    address = models.CharField(max_length=320, blank=True)
    settings = models.JSONField(default=dict)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="inboxes")
    agents = models.ManyToManyField(User, through="Desk", related_name="inboxes")
    is_enabled = models.BooleanField(_("In use"), default=True)
    public_key = models.CharField(max_length=40, unique=True, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    def setting(self, name: str, default: Any = "") -> Any:
        return self.settings.get(name, default)


class Desk(models.Model):
    """An agent who works in an inbox."""

    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="desks")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="desks")
    since_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inbox", "user"], name="desk_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.inbox}"
