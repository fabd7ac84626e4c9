from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from muhatap.accounts.models import Team, User
from muhatap.channels.models import Inbox
from muhatap.contacts.models import Contact, Tag
from muhatap.interactions.models import Interaction


class Conversation(models.Model):
    """A thread with one contact in one inbox. The row carries what lists show, so that no list counts or digs."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        WAITING = "waiting", _("Waiting for them")
        SNOOZED = "snoozed", _("Snoozed")
        RESOLVED = "resolved", _("Resolved")
        SPAM = "spam", _("Spam")

    class Priority(models.IntegerChoices):
        """Larger is more urgent, so that lists can sort by it."""

        LOW = -1, _("Low priority")
        NORMAL = 0, _("Normal priority")
        HIGH = 1, _("High priority")
        URGENT = 2, _("Urgent")

    inbox = models.ForeignKey(Inbox, on_delete=models.PROTECT, related_name="conversations")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="conversations")
    subject = models.CharField(_("Subject"), max_length=300, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    priority = models.SmallIntegerField(choices=Priority, default=Priority.NORMAL, db_default=0)
    assignee = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="assigned")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="conversations")
    created_at = models.DateTimeField()
    last_message_at = models.DateTimeField()
    last_inbound_at = models.DateTimeField(null=True)
    last_inbound_id = models.BigIntegerField(null=True)
    preview = models.CharField(max_length=200, blank=True)
    preview_kind = models.CharField(max_length=10, blank=True)
    waiting_since = models.DateTimeField(null=True)
    next_deadline_at = models.DateTimeField(null=True)
    tags = models.ManyToManyField(Tag, through="ConversationTag", related_name="conversations")
    search_text = models.TextField(editable=False, default="")
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="absorbed")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=["open", "waiting", "snoozed", "resolved", "spam"]),
                name="conversation_status_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(priority__in=[-1, 0, 1, 2]), name="conversation_priority_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["inbox", "status", "-last_message_at", "-id"], name="conversations_of_inbox"),
            models.Index(fields=["status", "-last_message_at", "-id"], name="conversations_by_status"),
            models.Index(fields=["team", "status", "-last_message_at", "-id"], name="conversations_of_team"),
            models.Index(
                fields=["assignee", "status", "-last_message_at", "-id"],
                name="conversations_of_assignee",
                condition=models.Q(assignee__isnull=False),
            ),
            models.Index(
                fields=["status", "-last_message_at", "-id"],
                name="conversations_unassigned",
                condition=models.Q(assignee=None),
            ),
            models.Index(fields=["contact", "-last_message_at"], name="conversations_of_contact"),
            models.Index(
                fields=["next_deadline_at", "id"],
                name="conversations_due",
                condition=models.Q(next_deadline_at__isnull=False),
            ),
            # Rules that look each minute for whoever has waited too long.
            models.Index(
                fields=["waiting_since", "id"],
                name="conversations_unanswered",
                condition=models.Q(waiting_since__isnull=False),
            ),
            GinIndex(fields=["search_text"], opclasses=["gin_trgm_ops"], name="conversation_search"),
        ]

    def __str__(self) -> str:
        return self.subject or f"{self.contact}"

    @property
    def is_closed(self) -> bool:
        return self.status in (self.Status.RESOLVED, self.Status.SPAM)


class Participant(models.Model):
    """Somebody who takes part in a thread by an address. Threading by weak hints is allowed for these only."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="participants")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.CASCADE, related_name="participations")
    address = models.CharField(max_length=320)
    name = models.CharField(max_length=200, blank=True)
    since_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "address"], name="participant_once")]

    def __str__(self) -> str:
        return self.name or self.address


class Message(models.Model):
    """One entry in a conversation: inbound, outbound, note, or event (something done, told in the thread)."""

    class Kind(models.TextChoices):
        INBOUND = "inbound", _("Inbound")
        OUTBOUND = "outbound", _("Outbound")
        NOTE = "note", _("Note")
        EVENT = "event", _("Event")

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    inbox = models.ForeignKey(Inbox, on_delete=models.PROTECT, related_name="messages")
    interaction = models.OneToOneField(Interaction, null=True, on_delete=models.SET_NULL, related_name="message")
    kind = models.CharField(max_length=10, choices=Kind)
    is_automatic = models.BooleanField(default=False)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.SET_NULL, related_name="messages")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    sender = models.JSONField(default=dict)
    to = models.JSONField(default=list)
    cc = models.JSONField(default=list)
    bcc = models.JSONField(default=list)
    reply_to = models.JSONField(default=list)
    subject = models.CharField(max_length=998, blank=True)
    text = models.TextField(blank=True)
    reply_text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    external_id = models.CharField(max_length=998, blank=True)
    references = models.JSONField(default=list)
    defects = models.JSONField(default=list)
    placed_because = models.CharField(max_length=40, blank=True)
    placed_details = models.JSONField(default=dict)
    event = models.CharField(max_length=40, blank=True)
    event_details = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["inbox", "external_id"], condition=~models.Q(external_id=""), name="message_once_per_inbox"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["inbound", "outbound", "note", "event"]), name="message_kind_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["conversation", "at", "id"], name="messages_of_conversation"),
            # Other systems ask what changed since a moment; rows lie in the order of recording, so a few pages answer.
            BrinIndex(fields=["recorded_at"], name="messages_by_recording", autosummarize=True, pages_per_range=32),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class Attachment(models.Model):
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=255)
    type = models.CharField(max_length=127)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    content_id = models.CharField(max_length=255, blank=True)
    is_inline = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class Draft(models.Model):
    """What somebody is writing; it lives here, so that no browser can lose it."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="drafts")
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=10, choices=[("reply", _("Reply")), ("note", _("Note"))])
    html = models.TextField(blank=True)
    to = models.JSONField(default=list)
    cc = models.JSONField(default=list)
    bcc = models.JSONField(default=list)
    files = models.JSONField(default=list)
    answers = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL, related_name="+")
    saved_at = models.DateTimeField()
    version = models.PositiveIntegerField(db_default=1, default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "by", "kind"], name="draft_once")]

    def __str__(self) -> str:
        return f"{self.by} {self.kind} {self.conversation_id}"


class DraftCopy(models.Model):
    """A draft as it was before another device wrote over it or somebody threw it away: it can be brought back."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="draft_copies")
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=[("reply", _("Reply")), ("note", _("Note"))])
    because = models.CharField(max_length=20, choices=[("elsewhere", _("Elsewhere")), ("discarded", _("Discarded"))])
    content = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["conversation", "by"], name="draft_copies_of_writer")]

    def __str__(self) -> str:
        return f"{self.because} {self.kind} {self.conversation_id}"


class Scheduled(models.Model):
    """An answer to be sent at a moment. Nothing of it is in the thread or the outbox before; whoever writes meanwhile holds it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Scheduled")
        HELD = "held", _("Held")
        SENT = "sent", _("Sent")
        CANCELLED = "cancelled", _("Taken back")

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="scheduled")
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="scheduled")
    html = models.TextField(blank=True)
    to = models.JSONField(default=list)
    cc = models.JSONField(default=list)
    bcc = models.JSONField(default=list)
    files = models.JSONField(default=list)
    seen_message_id = models.BigIntegerField(default=0)
    and_resolve = models.BooleanField(default=False)
    send_at = models.DateTimeField()
    scheduled_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    state_at = models.DateTimeField()
    held_because = models.CharField(max_length=40, blank=True)
    message = models.OneToOneField(Message, null=True, on_delete=models.SET_NULL, related_name="scheduled")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "held", "sent", "cancelled"]), name="scheduled_state_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state="held") & ~models.Q(held_because="") | ~models.Q(state="held"),
                name="scheduled_held_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["send_at"], condition=models.Q(state="waiting"), name="scheduled_due"),
            models.Index(fields=["by"], condition=models.Q(state__in=["waiting", "held"]), name="scheduled_of_writer"),
            models.Index(
                fields=["conversation"], condition=models.Q(state__in=["waiting", "held"]), name="scheduled_standing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.by} → {self.send_at:%Y-%m-%d %H:%M} {self.state}"


class Mention(models.Model):
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mentions")
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "user"], name="mention_once")]
        indexes = [models.Index(fields=["user", "-at"], condition=models.Q(seen_at=None), name="mentions_unseen")]

    def __str__(self) -> str:
        return f"@{self.user}"


class ConversationTag(models.Model):
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="taggings")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="conversation_taggings")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "tag"], name="conversation_tag_once")]

    def __str__(self) -> str:
        return f"{self.conversation_id} · {self.tag}"


class Closure(models.Model):
    """A conversation was resolved (or put away as spam), by whom and when; reopened when `ended_at` stands."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="closures")
    outcome = models.CharField(max_length=10, choices=[("resolved", _("Resolved")), ("spam", _("Spam"))])
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    ended_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], condition=models.Q(ended_at=None), name="closure_standing_once"
            )
        ]
        indexes = [
            # Rules that look each minute for what has been settled long enough.
            models.Index(fields=["outcome", "at", "id"], condition=models.Q(ended_at=None), name="closures_standing")
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.outcome}"


class Snooze(models.Model):
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="snoozes")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], condition=models.Q(ended_at=None), name="snooze_standing_once"
            )
        ]
        indexes = [models.Index(fields=["until"], condition=models.Q(ended_at=None), name="snoozes_due")]

    def __str__(self) -> str:
        return f"{self.conversation_id} → {self.until:%Y-%m-%d %H:%M}"


class Seen(models.Model):
    """How far somebody has read a thread."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="seen")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="seen")
    message_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "user"], name="seen_once")]

    def __str__(self) -> str:
        return f"{self.user} {self.conversation_id} ≤ {self.message_id}"


class Rearrangement(models.Model):
    """Messages were split off, moved or threads merged; what moved is written down, so that it can go back."""

    kind = models.CharField(max_length=10, choices=[("split", _("Split")), ("move", _("Move")), ("merge", _("Merge"))])
    source = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="rearranged_from")
    target = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="rearranged_to")
    moved = models.JSONField(default=dict)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.source_id} → {self.target_id}"


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


class Follower(models.Model):
    """A colleague who hears what happens in a conversation without owning it."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="followers")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="followed")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "user"], name="follower_once")]

    def __str__(self) -> str:
        return f"{self.user} → {self.conversation_id}"


class FieldValues(models.Model):
    """What the firm's own fields hold for one conversation; beside the row, so that lists stay lean."""

    conversation = models.OneToOneField(
        Conversation, primary_key=True, on_delete=models.CASCADE, related_name="field_values"
    )
    values = models.JSONField(default=dict)

    class Meta:
        indexes = [GinIndex(fields=["values"], opclasses=["jsonb_path_ops"], name="conversation_fields")]

    def __str__(self) -> str:
        return f"{self.conversation_id}: {self.values}"


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


class BulkAct(models.Model):
    """One act on many conversations: who asked for what, how far it is, and what stood before, so that it can go back."""

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Stopped")
        UNDOING = "undoing", _("Being taken back")
        UNDONE = "undone", _("Taken back")

    act = models.CharField(max_length=20)
    value = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="bulk_acts")
    at = models.DateTimeField()
    n_total = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["running", "done", "cancelled", "undoing", "undone"]),
                name="bulk_act_state_is_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.act} × {self.n_total}"


class BulkItem(models.Model):
    """One conversation of an act on many. `outcome` is empty until its turn; `left` says in a code why nothing was done."""

    bulk = models.ForeignKey(BulkAct, on_delete=models.CASCADE, related_name="items")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=10, blank=True)
    left = models.CharField(max_length=20, blank=True)
    before = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bulk", "conversation"], name="bulk_item_once"),
            models.CheckConstraint(
                condition=models.Q(outcome__in=["", "changed", "left", "back", "kept"]),
                name="bulk_item_outcome_is_known",
            ),
        ]
        indexes = [models.Index(fields=["bulk", "outcome", "id"], name="bulk_items_by_outcome")]

    def __str__(self) -> str:
        return f"{self.bulk_id}: {self.conversation_id} {self.outcome}"


class SenderBlock(models.Model):
    """An address or a domain whose mail goes straight to spam, until somebody lifts the block or its time is over."""

    value = models.CharField(max_length=320)
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["value"], condition=models.Q(lifted_at=None), name="sender_blocked_once")
        ]

    def __str__(self) -> str:
        return self.value


class Deadline(models.Model):
    """Until when we promised to do something here, by which policy, and what became of it: met, or dropped when nothing
    was left to do. `paused_seconds` is working time in which the promise rested; while `paused_at` stands it rests now.
    """

    class Kind(models.TextChoices):
        FIRST_RESPONSE = "first_response", _("First response")
        NEXT_RESPONSE = "next_response", _("Next response")
        RESOLUTION = "resolution", _("Resolution")

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="deadlines")
    kind = models.CharField(max_length=20, choices=Kind)
    policy_id = models.BigIntegerField()
    policy_name = models.CharField(max_length=120)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    warn_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)
    met_by = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL, related_name="+")
    worked_seconds = models.BigIntegerField(null=True)
    dropped_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    paused_seconds = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "kind", "started_at"], name="deadline_once"),
            models.UniqueConstraint(
                fields=["conversation", "kind"],
                condition=models.Q(met_at=None, dropped_at=None),
                name="deadline_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["first_response", "next_response", "resolution"]),
                name="deadline_kind_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(met_at=None) | models.Q(dropped_at=None), name="deadline_met_or_dropped"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="deadlines_due",
                condition=models.Q(met_at=None, dropped_at=None, paused_at=None, breached_at=None),
            ),
            models.Index(
                fields=["warn_at"],
                name="deadlines_to_warn",
                condition=models.Q(
                    met_at=None,
                    dropped_at=None,
                    paused_at=None,
                    breached_at=None,
                    warned_at=None,
                    warn_at__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.kind} ≤ {self.due_at:%Y-%m-%d %H:%M}"

    @property
    def is_open(self) -> bool:
        return self.met_at is None and self.dropped_at is None
