from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from muhatap.accounts.models import Team, User
from muhatap.contacts.models import Tag
from muhatap.conversations.models import Conversation, Message


class AutomationRule(models.Model):
    """When something happens and the conditions hold, the actions are done. What stands in the lists is read by
    `conditions` and `actions`, and nowhere else."""

    class Matching(models.TextChoices):
        ALL = "all", _("all of these hold")
        ANY = "any", _("any of these holds")

    name = models.CharField(_("Name"), max_length=120)
    is_on = models.BooleanField(default=False)
    place = models.IntegerField(default=0)
    event = models.CharField(max_length=30)
    hours = models.PositiveIntegerField(null=True)  # of the events that are time passing
    matching = models.CharField(max_length=3, choices=Matching, default=Matching.ALL)
    conditions = models.JSONField(default=list)
    actions = models.JSONField(default=list)
    # How far time was looked through; what passed before a rule was switched on stays as it is.
    passed_at = models.DateTimeField(null=True)
    passed_id = models.BigIntegerField(default=0)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(matching__in=["all", "any"]), name="rule_matching_is_known"),
            models.CheckConstraint(
                condition=models.Q(hours=None) | models.Q(hours__gt=0), name="rule_waits_some_time_or_none"
            ),
        ]
        indexes = [models.Index(fields=["event", "place", "id"], condition=models.Q(is_on=True), name="rules_on")]

    def __str__(self) -> str:
        return self.name


class RuleFiring(models.Model):
    """A rule fired for one entry: what held, what was done, and why something was not. Once, however often the job runs."""

    rule = models.ForeignKey(AutomationRule, on_delete=models.CASCADE, related_name="firings")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    held = models.JSONField(default=list)  # the conditions that held, as they stood then
    done = models.JSONField(default=list)  # [{"action": {…}, "not": "" or why not, "detail": …}]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "message"], name="rule_fires_once")]
        indexes = [
            models.Index(fields=["rule", "-at", "-id"], name="firings_of_rule"),
            models.Index(fields=["conversation", "-at"], name="firings_in_conversation"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} → {self.message_id}"


class AutomaticReply(models.Model):
    """A rule answered somebody by itself; looked at before it does so again."""

    firing = models.ForeignKey(RuleFiring, on_delete=models.CASCADE, related_name="replies")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    address = models.CharField(max_length=320)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["address", "-at"], name="automatic_replies_to")]

    def __str__(self) -> str:
        return f"{self.address} {self.at:%Y-%m-%d %H:%M}"


class DryRun(models.Model):
    """What a rule would have touched in the last days: looked through by a job, nothing changed."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Looking through")
        DONE = "done", _("Done")
        STOPPED = "stopped", _("Stopped")

    rule = models.ForeignKey(AutomationRule, on_delete=models.CASCADE, related_name="dry_runs")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    n_all = models.PositiveIntegerField(default=0)
    n_looked = models.PositiveIntegerField(default=0)
    n_found = models.PositiveIntegerField(default=0)
    is_cut = models.BooleanField(default=False)  # there were more entries than we look through
    before_id = models.BigIntegerField(null=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "running", "done", "stopped"]), name="dry_run_state_is_known"
            )
        ]
        indexes = [models.Index(fields=["rule", "-id"], name="dry_runs_of_rule")]

    def __str__(self) -> str:
        return f"{self.rule_id}: {self.state}"


class DryRunFind(models.Model):
    dry_run = models.ForeignKey(DryRun, on_delete=models.CASCADE, related_name="finds")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    held = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dry_run", "message"], name="dry_run_finds_once")]

    def __str__(self) -> str:
        return f"{self.dry_run_id} → {self.message_id}"


class Macro(models.Model):
    """Several acts at once, and perhaps a text for the composer, under one name."""

    class Sharing(models.TextChoices):
        ME = "me", _("Only me")
        TEAM = "team", _("A team")
        ALL = "all", _("Everybody")

    name = models.CharField(_("Name"), max_length=80)
    actions = models.JSONField(default=list)
    reply = models.TextField(blank=True)
    sharing = models.CharField(max_length=4, choices=Sharing, default=Sharing.ME)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="macros")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="macros")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sharing__in=["me", "all"], team=None) | models.Q(sharing="team", team__isnull=False),
                name="macro_of_a_team_has_one",
            )
        ]

    def __str__(self) -> str:
        return self.name


class MacroPlace(models.Model):
    """Where somebody wants a macro in their own list; those without a place come after, by name."""

    macro = models.ForeignKey(Macro, on_delete=models.CASCADE, related_name="places")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="macro_places")
    position = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "macro"], name="macro_has_one_place")]

    def __str__(self) -> str:
        return f"{self.macro_id}: {self.position}"


class MacroRun(models.Model):
    """Somebody ran a macro on a conversation; what it changed is written down, so that it can go back."""

    macro = models.ForeignKey(Macro, null=True, on_delete=models.SET_NULL, related_name="runs")
    name = models.CharField(max_length=80)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    before = models.JSONField(default=dict)
    done = models.JSONField(default=list)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} → {self.conversation_id}"


class WayOfGiving(models.Model):
    """How the conversations of a team find somebody. A team without a row, or by hand, waits for people to take them."""

    class Way(models.TextChoices):
        HAND = "hand", _("By hand")
        ROTATION = "rotation", _("In turn")
        LOAD = "load", _("To whoever has least")
        SKILL = "skill", _("To whoever knows it")

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="way_of_giving")
    way = models.CharField(max_length=10, choices=Way, default=Way.HAND)
    n_at_most = models.PositiveIntegerField(_("Open conversations at most, each"), null=True, blank=True)
    n_given = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(way__in=["hand", "rotation", "load", "skill"]), name="way_of_giving_is_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.team}: {self.way}"


class Turn(models.Model):
    """When somebody's turn in a team was last: the smaller the number, the longer ago."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="turns")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="turns")
    n = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="turn_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.n}"


class Availability(models.Model):
    """Whether somebody takes conversations now, how many, and what they know. Without a row: available, no limit of their own."""

    class State(models.TextChoices):
        AVAILABLE = "available", _("Available")
        BREAK = "break", _("On a break")
        AWAY = "away", _("Away")

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="availability")
    state = models.CharField(max_length=10, choices=State, default=State.AVAILABLE)
    since_at = models.DateTimeField()
    n_at_most = models.PositiveIntegerField(_("Open conversations at most"), null=True, blank=True)
    languages = ArrayField(models.CharField(max_length=5), default=list, blank=True)
    skills = models.ManyToManyField(Tag, related_name="+", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["available", "break", "away"]), name="availability_is_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.state}"


class Unplaced(models.Model):
    """A conversation for which nobody was free; it is given when somebody is."""

    conversation = models.OneToOneField(Conversation, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    since_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["team", "since_at", "id"], name="unplaced_of_team")]

    def __str__(self) -> str:
        return f"{self.conversation_id} ({self.team})"
