"""Who saw what, who follows what, how many wait where."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from muhatap.accounts.models import Team, User
from muhatap.conversations.models.threads import Conversation


class Seen(models.Model):
    """How far somebody has read a thread."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="seen", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="seen")
    message_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "user"], name="seen_once")]

    def __str__(self) -> str:
        return f"{self.user} {self.conversation_id} ≤ {self.message_id}"


class Follower(models.Model):
    """A colleague who hears what happens in a conversation without owning it."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="followers", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="followed")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "user"], name="follower_once")]

    def __str__(self) -> str:
        return f"{self.user} → {self.conversation_id}"


class ConversationCount(models.Model):
    """How many conversations stand in one cell (inbox, team, assignee, status); 0 stands for nobody."""

    inbox_id = models.BigIntegerField()
    team_id = models.BigIntegerField(default=0)
    assignee_id = models.BigIntegerField(default=0)
    status = models.CharField(max_length=10)
    n = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inbox_id", "team_id", "assignee_id", "status"], name="count_cell_once")
        ]

    def __str__(self) -> str:
        return f"{self.inbox_id}/{self.team_id}/{self.assignee_id}/{self.status}: {self.n}"


class ConversationCountDelta(models.Model):
    """A change of one cell, appended by a trigger and folded by a job: updating the cells themselves deadlocks a busy inbox."""

    inbox_id = models.BigIntegerField()
    team_id = models.BigIntegerField()
    assignee_id = models.BigIntegerField()
    status = models.CharField(max_length=10)
    n = models.SmallIntegerField()

    def __str__(self) -> str:
        return f"{self.n:+d}"


class SavedView(models.Model):
    """A named filter over the conversations somebody sees: one's own, a team's, or everybody's."""

    class Reach(models.TextChoices):
        MINE = "mine", _("Only me")
        TEAM = "team", _("A team")
        ALL = "all", _("Everybody")

    name = models.CharField(_("Name"), max_length=80)
    query = models.JSONField(default=dict)
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="conversation_views")
    reach = models.CharField(_("Who has it"), max_length=4, choices=Reach, default=Reach.MINE)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="conversation_views")
    position = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reach__in=["mine", "all"], team=None) | models.Q(reach="team", team__isnull=False),
                name="saved_view_of_a_team_names_it",
            )
        ]

    def __str__(self) -> str:
        return self.name
