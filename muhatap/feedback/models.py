from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from muhatap.accounts.models import Team, User
from muhatap.channels.models import Inbox
from muhatap.contacts.models import Contact
from muhatap.interactions.models import Interaction

LOWEST, HIGHEST = 1, 5
RANGES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}


class Survey(models.Model):
    """One set of questions, when it is asked and by which ways. Its score is asked first, further questions follow, a word
    stands last. That of an inbox after a resolution is one of them."""

    class Kind(models.TextChoices):
        NPS = "nps", _("NPS: would they recommend us")
        CSAT = "csat", _("CSAT: how satisfied they are")
        CES = "ces", _("CES: how easy it was")
        OWN = "own", _("Own questions without a score")

    class Occasion(models.TextChoices):
        RESOLVED = "resolved", _("A conversation is resolved")
        DELIVERED = "delivered", _("An order is delivered")
        NONE = "none", _("Only by link, QR code or on a page")

    class Scale(models.TextChoices):
        FACES = "faces", _("Five faces")
        NUMBERS = "numbers", _("1 to 5")

    class Period(models.TextChoices):
        DAY = "day", _("a day")
        WEEK = "week", _("a week")
        MONTH = "month", _("a month")

    name = models.CharField(max_length=120, blank=True, db_default="")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.CSAT, db_default="csat")
    occasion = models.CharField(max_length=12, choices=Occasion, default=Occasion.RESOLVED, db_default="resolved")
    inbox = models.ForeignKey(Inbox, null=True, blank=True, on_delete=models.CASCADE, related_name="surveys")
    # Which writes where one cannot ask in the inbox itself.
    mailbox = models.ForeignKey(Inbox, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    is_on = models.BooleanField(default=False)
    scale = models.CharField(max_length=10, choices=Scale, default=Scale.FACES)
    question_tr = models.CharField(max_length=200, blank=True)
    question_en = models.CharField(max_length=200, blank=True)
    asks_comment = models.BooleanField(default=True, db_default=True)
    comment_tr = models.CharField(max_length=200, blank=True, db_default="")
    comment_en = models.CharField(max_length=200, blank=True, db_default="")
    delay_minutes = models.PositiveIntegerField(default=30)
    quiet_days = models.PositiveIntegerField(default=14)
    open_days = models.PositiveIntegerField(default=7)
    key = models.CharField(max_length=32, null=True, blank=True, unique=True)
    is_linked = models.BooleanField(default=False, db_default=False)
    is_on_pages = models.BooleanField(default=False, db_default=False)
    low_up_to = models.SmallIntegerField(null=True, blank=True)
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )  # closes the loop
    most_answers = models.PositiveIntegerField(null=True, blank=True)
    most_in_period = models.PositiveIntegerField(null=True, blank=True)
    period = models.CharField(max_length=8, choices=Period, default=Period.MONTH, db_default="month")
    closes_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(scale__in=["faces", "numbers"]), name="survey_scale_is_known"),
            models.CheckConstraint(condition=Q(open_days__gte=1), name="survey_can_be_answered"),
            models.CheckConstraint(condition=Q(kind__in=["nps", "csat", "ces", "own"]), name="survey_kind_is_known"),
            models.CheckConstraint(
                condition=Q(occasion__in=["resolved", "delivered", "none"]), name="survey_occasion_is_known"
            ),
            models.CheckConstraint(condition=Q(occasion="none") | Q(inbox__isnull=False), name="survey_is_asked_from"),
            models.UniqueConstraint(
                fields=["inbox"],
                condition=Q(occasion="resolved", archived_at=None),
                name="survey_once_after_a_resolution",
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.inbox}"

    @property
    def has_score(self) -> bool:
        return self.kind != Survey.Kind.OWN

    @property
    def range(self) -> tuple[int, int]:
        """Its lowest and highest score."""
        return RANGES.get(self.kind, (LOWEST, HIGHEST))

    @property
    def writes_from(self) -> Inbox | None:
        """The mailbox in which it is asked by mail; None where it is asked in a chat, or not by us."""
        if self.inbox is None or self.inbox.kind == "webchat":
            return None
        return self.inbox if self.inbox.kind == "email" else self.mailbox

    def is_low(self, score: int | None) -> bool:
        """Whether somebody who scores so waits for a word from us."""
        return score is not None and self.low_up_to is not None and score <= self.low_up_to


class Question(models.Model):
    """A further question of a survey, in its place; asked of everybody, or only after a certain score or answer before it."""

    class Kind(models.TextChoices):
        CHOICE = "choice", pgettext_lazy("question", "One of several")
        CHOICES = "choices", pgettext_lazy("question", "Some of several")
        TEXT = "text", pgettext_lazy("question", "Own words")
        NPS = "nps", _("0 to 10")
        CSAT = "csat", _("1 to 5")
        CES = "ces", _("1 to 7")

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="questions", db_index=False)
    place = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=Kind)
    text_tr = models.CharField(max_length=200, blank=True)
    text_en = models.CharField(max_length=200, blank=True)
    options = models.JSONField(default=list)
    is_required = models.BooleanField(default=False)
    after = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="depending")
    least = models.SmallIntegerField(null=True, blank=True)
    most = models.SmallIntegerField(null=True, blank=True)
    option = models.CharField(max_length=8, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["choice", "choices", "text", "nps", "csat", "ces"]), name="question_kind_is_known"
            ),
            models.CheckConstraint(condition=~Q(text_tr="") | ~Q(text_en=""), name="question_says_something"),
        ]
        indexes = [models.Index(fields=["survey", "place"], name="questions_in_order")]

    def __str__(self) -> str:
        return self.text_tr or self.text_en

    @property
    def has_condition(self) -> bool:
        return self.least is not None or self.most is not None or bool(self.option)


class Invitation(models.Model):
    """A contact is asked once about one thing. `conversation_id` and `closure_id` are numbers in a room this one does
    not know, and `about` names an order: only flow, which asks, looks them up. Withdrawn when it is not asked after all."""

    class Why(models.TextChoices):
        REOPENED = "reopened", _("It was opened again")
        NOWHERE = "nowhere", _("No address that takes mail")
        OPTED_OUT = "opted_out", _("They do not want to be asked")
        FULL = "full", _("Enough people have answered")
        OFF = "off", _("The survey was switched off")
        RESTS = "rests", _("They were asked or have answered lately")

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="invitations", db_index=False)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="survey_invitations", db_index=False)
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    conversation_id = models.BigIntegerField(null=True)
    closure_id = models.BigIntegerField(null=True, unique=True)
    about = models.CharField(max_length=80, blank=True, db_default="")
    language = models.CharField(max_length=5, default="tr")
    way = models.CharField(max_length=8, blank=True, db_default="")
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=12, choices=Why, blank=True, db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(withdrawn_at=None), name="invitation_sent_or_withdrawn"
            ),
            models.UniqueConstraint(
                fields=["survey", "about"], condition=~Q(about=""), name="invitation_once_about_a_thing"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(sent_at=None, withdrawn_at=None), name="invitations_due"),
            models.Index(fields=["contact", "-sent_at"], name="invitations_of_contact"),
            models.Index(fields=["conversation_id"], name="invitations_of_conversation"),
            models.Index(fields=["survey", "-sent_at"], name="invitations_of_survey"),
            models.Index(
                fields=["survey", "-withdrawn_at"],
                condition=Q(withdrawn_at__isnull=False),
                name="invitations_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} · {self.conversation_id or self.about}"


class Response(models.Model):
    """What somebody answered: a score, and a comment if they like. One for an invitation, and it may be gone on with (`gone_on_at`)
    and change (`changed_at`: what was said is said otherwise); without an invitation by link, QR code or on a page, where `contact`
    is known only when a shop's signature proves it."""

    class Way(models.TextChoices):
        MAIL = "mail", pgettext_lazy("way of asking", "Mail")
        CHAT = "chat", pgettext_lazy("way of asking", "Chat")
        LINK = "link", pgettext_lazy("way of asking", "Link")
        QR = "qr", pgettext_lazy("way of asking", "QR code")
        PAGE = "page", pgettext_lazy("way of asking", "Page of a site")

    survey = models.ForeignKey(Survey, null=True, on_delete=models.CASCADE, related_name="responses", db_index=False)
    invitation = models.OneToOneField(Invitation, null=True, on_delete=models.CASCADE, related_name="response")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.CASCADE, related_name="survey_responses")
    interaction = models.OneToOneField(
        Interaction, null=True, on_delete=models.SET_NULL, related_name="survey_response"
    )
    way = models.CharField(max_length=8, choices=Way, blank=True, db_default="")
    language = models.CharField(max_length=5, blank=True, db_default="")
    nonce = models.CharField(max_length=40, null=True, blank=True, unique=True)
    score = models.SmallIntegerField(null=True)
    comment = models.TextField(blank=True)
    at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)
    gone_on_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__gte=0, score__lte=10), name="response_score_is_known"
            ),
            models.CheckConstraint(
                condition=Q(invitation__isnull=False) | Q(survey__isnull=False), name="response_answers_a_survey"
            ),
        ]
        indexes = [models.Index(fields=["survey", "-at", "-id"], name="responses_of_survey")]

    def __str__(self) -> str:
        return f"{self.score}"


class Answer(models.Model):
    """What somebody answered to one further question: a number, options, or words."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="answers", db_index=False)
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="answers")
    number = models.SmallIntegerField(null=True)
    chosen = models.JSONField(default=list)
    words = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["response", "question"], name="answer_once_per_question")]

    def __str__(self) -> str:
        return self.words or ", ".join(self.chosen) or str(self.number)


class FollowUp(models.Model):
    """Somebody gave a low score and waits for a word from us: since when, who spoke to them, and when it was solved.
    Of somebody we do not know the answer waits, and is solved as soon as one of us has looked at it.
    `case_number` is a number in a room this one does not know."""

    response = models.OneToOneField(Response, on_delete=models.CASCADE, related_name="follow_up")
    owed_at = models.DateTimeField()
    case_number = models.BigIntegerField(null=True)
    called_at = models.DateTimeField(null=True)
    called_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    solved_at = models.DateTimeField(null=True)
    solved_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(solved_at=None) | Q(called_at__isnull=False), name="follow_up_solved_after_a_word"
            )
        ]
        indexes = [models.Index(fields=["owed_at"], condition=Q(called_at=None), name="follow_ups_owed")]

    def __str__(self) -> str:
        return f"{self.response_id}"

    @property
    def is_of_nobody(self) -> bool:
        """Whether nobody can say who answered."""
        return self.response.contact_id is None
