from functools import reduce
from operator import or_

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from muhatap.accounts.models import User
from muhatap.conversations.models import Conversation, Message
from muhatap.feedback.models import Response
from muhatap.sales.models import Shop
from muhatap.service.models import Case, Promise
from muhatap.understanding.models import ThemeWeek


class Kind(models.TextChoices):
    """What one may want to be told of."""

    ASSIGNED = "assigned", _("A conversation is given to me")
    MENTION = "mention", _("A colleague calls me in a note")
    MINE = "mine", _("Something new in a conversation of mine")
    UNASSIGNED = "unassigned", _("A new conversation that nobody has taken")
    FOLLOWED = "followed", _("Something new in a conversation I follow")
    WARNING = "warning", _("A deadline comes close")
    BREACH = "breach", _("A deadline has passed")
    FAILED = "failed", _("An answer of mine was not sent")
    PROMISE = "promise", _("A promise is given to me, comes close or is overdue")
    CASE = "case", _("A case is given to me or my team, or a survey brought a low score")
    THEME = "theme", _("Suddenly many people write about one thing")
    PRIVACY = "privacy", _("A shop asks for somebody’s data or to erase it")
    WEEKLY = "weekly", _("The week in our customers’ words, on Monday morning")


class Way(models.TextChoices):
    """Where one may be told."""

    PAGE = "page", _("In the page")
    BROWSER = "browser", _("By the browser")
    PUSH = "push", _("On the phone")
    MAIL = "mail", _("By e-mail")


class Presence(models.Model):
    """One tab of somebody's browser that is open now, and the conversation it shows.

    The table is unlogged (migration 0001): it is written all day, means nothing a minute later, and a crash may empty it.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    tab = models.CharField(max_length=40)
    conversation = models.ForeignKey(Conversation, null=True, on_delete=models.CASCADE, related_name="+")
    is_typing = models.BooleanField(default=False)
    is_shown = models.BooleanField(default=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "tab"], name="presence_once_a_tab")]
        indexes = [
            models.Index(
                fields=["conversation"], condition=models.Q(conversation__isnull=False), name="presence_in_conversation"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.conversation_id}"


def _of_one_thing() -> models.Q:
    """Of each kind of thing one condition: this one, and none of the others."""
    things = ("message", "week", "case", "shop", "promise", "response")
    conditions = [models.Q(**{f"{one}__isnull": one != this for one in things}) for this in things]
    return reduce(or_, conditions)


class Notice(models.Model):
    """Something somebody wants to know of: an entry, whose conversation is where it was moved to; or what stands in no
    conversation: the week of a theme, a case, a shop, a promise, an answer to a survey.

    Of these `event` and `details` say what happened, as those of an entry do, and each is told once under its `key`.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=12, choices=Kind)
    message = models.ForeignKey(Message, null=True, on_delete=models.CASCADE, related_name="notices")
    week = models.ForeignKey(ThemeWeek, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    case = models.ForeignKey(Case, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    shop = models.ForeignKey(Shop, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    promise = models.ForeignKey(Promise, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    response = models.ForeignKey(Response, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    event = models.CharField(max_length=40, blank=True, db_default="")
    details = models.JSONField(default=dict, db_default={})
    key = models.CharField(max_length=120, blank=True, db_default="")
    ways = ArrayField(models.CharField(max_length=8, choices=Way), default=list)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "message"], name="notice_once"),
            models.UniqueConstraint(
                fields=["user", "kind", "key"], condition=models.Q(message=None), name="notice_of_a_thing_once"
            ),
            models.CheckConstraint(
                condition=_of_one_thing(),
                name="notice_is_of_one_thing",
            ),
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="notice_kind_is_known"),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="notices_of_user"),
            models.Index(fields=["user"], condition=models.Q(seen_at=None), name="notices_unseen"),
            models.Index(fields=["at"], name="notices_by_age"),
            models.Index(fields=["week"], condition=models.Q(week__isnull=False), name="notices_of_week"),
            models.Index(fields=["case"], condition=models.Q(case__isnull=False), name="notices_of_case"),
            models.Index(fields=["shop"], condition=models.Q(shop__isnull=False), name="notices_of_shop"),
            models.Index(fields=["promise"], condition=models.Q(promise__isnull=False), name="notices_of_promise"),
            models.Index(fields=["response"], condition=models.Q(response__isnull=False), name="notices_of_response"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.kind} {self.message_id or self.key}"

    @property
    def about(self) -> str:
        """What it is told together with: one line in the list, one push, one line of a mail."""
        if self.message:
            return f"conversation-{self.message.conversation_id}"
        if self.week:
            return f"theme-{self.week.theme.merged_into_id or self.week.theme_id}"
        if self.promise_id:
            return f"promise-{self.promise_id}"
        if self.response:
            return f"survey-{self.response.survey_id}"
        return f"case-{self.case_id}" if self.case_id else f"shop-{self.shop_id}"


class Wish(models.Model):
    """Where somebody wants to be told of one kind of thing; kinds without a wish are told as in wishes.USUAL."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind)
    ways = ArrayField(models.CharField(max_length=8, choices=Way), default=list, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="wish_once")]

    def __str__(self) -> str:
        return f"{self.user} {self.kind}: {', '.join(self.ways)}"


class QuietHours(models.Model):
    """When somebody wants to be told only in the page. It may end on the day after it began."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    begins = models.TimeField(null=True)
    ends = models.TimeField(null=True)
    weekends = models.BooleanField(default=False)
    lets_breaches_pass = models.BooleanField(default=False)
    time_zone = models.CharField(max_length=60, blank=True)  # empty: that of the firm

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(begins=None, ends=None) | models.Q(begins__isnull=False, ends__isnull=False),
                name="quiet_hours_have_both_ends",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.begins}–{self.ends}"


class PushKey(models.Model):
    """The pair of keys with which this installation signs its pushes (VAPID); made at the first need, one for good."""

    is_ours = models.BooleanField(default=True, unique=True)  # one row
    private_sealed = models.TextField()
    public = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(is_ours=True), name="push_key_alone")]

    def __str__(self) -> str:
        return self.public


class PushSubscription(models.Model):
    """A browser that may be reached while no page is open. It holds as long as the login it was made in."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    session_key = models.CharField(max_length=40)
    endpoint = models.CharField(max_length=1000, unique=True)
    public_key = models.CharField(max_length=120)
    secret = models.CharField(max_length=60)
    since_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user} {self.endpoint[:40]}"
