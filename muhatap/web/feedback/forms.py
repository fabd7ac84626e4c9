"""What is set of a survey and of its questions."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from muhatap.accounts.models import Team
from muhatap.channels.models import Inbox
from muhatap.feedback import logic, wording
from muhatap.feedback.models import RANGES, Question, Survey
from muhatap.shared.text import without_nul

UNITS = {"minutes": 1, "hours": 60, "days": 1440}
LONGEST_DELAY = 60 * 24 * 60  # minutes
MOST_OPTIONS = 20
OPTION = 120  # letters


class NewForm(forms.Form):
    """Enough to begin with; the rest has sensible values."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=120, help_text=gettext_lazy("For yourselves; customers do not see it.")
    )
    kind = forms.ChoiceField(label=gettext_lazy("What is asked"), choices=Survey.Kind.choices)
    occasion = forms.ChoiceField(label=gettext_lazy("When it is asked"), choices=Survey.Occasion.choices)
    inbox = forms.ModelChoiceField(
        label=gettext_lazy("Inbox"),
        queryset=Inbox.objects.none(),
        required=False,
        empty_label=gettext_lazy("No inbox"),
        help_text=gettext_lazy(
            "After a resolution: whose conversations. After a delivery: the mailbox it is written from."
        ),
    )
    mailbox = forms.ModelChoiceField(
        label=gettext_lazy("Mailbox that asks"),
        queryset=Inbox.objects.none(),
        required=False,
        empty_label=gettext_lazy("No mailbox"),
        help_text=gettext_lazy(
            "After a resolution in an inbox of posts, reviews or what was written down by hand: "
            "whoever has a proved e-mail address is asked from here."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        inboxes = Inbox.objects.filter(is_enabled=True)
        mailbox: Any = self.fields["mailbox"]
        mailbox.queryset = inboxes.filter(kind="email").order_by("name")
        field: Any = self.fields["inbox"]
        field.queryset = inboxes.order_by("name")
        if len(field.queryset) == 1 and not self.initial.get("inbox"):
            field.initial = field.queryset[0]
        if not field.queryset:
            url, words = reverse("settings:inboxes"), _("Connect an inbox")
            field.help_text = format_html('{} <a href="{}">{}</a>', field.help_text, url, words)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        occasion, inbox = data.get("occasion"), data.get("inbox")
        if occasion in ("resolved", "delivered") and inbox is None:
            self.add_error("inbox", _("Choose the inbox it is asked from."))
        elif occasion == "delivered" and inbox and inbox.kind != "email":
            self.add_error("inbox", _("After a delivery we ask by mail: choose a mailbox."))
        is_heard = occasion == "resolved" and inbox is not None and inbox.kind not in ("email", "webchat")
        if is_heard and data.get("mailbox") is None:
            self.add_error("mailbox", _("Nobody can be asked in this inbox: choose the mailbox that asks."))
        elif not is_heard:
            data["mailbox"] = None
        return data


class SurveyForm(NewForm):
    """All of it."""

    question_tr = forms.CharField(
        label=gettext_lazy("Question in Turkish"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Left empty, that of the other language is asked; with neither, our usual one."),
    )
    question_en = forms.CharField(
        label=gettext_lazy("Question in English"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Left empty, that of the other language is asked; with neither, our usual one."),
    )
    scale = forms.ChoiceField(
        label=gettext_lazy("What one chooses from"),
        choices=Survey.Scale.choices,
        help_text=gettext_lazy("Of CSAT only."),
    )
    asks_comment = forms.BooleanField(label=gettext_lazy("Ask for a word at the end"), required=False)
    comment_tr = forms.CharField(label=gettext_lazy("Over that field, in Turkish"), max_length=200, required=False)
    comment_en = forms.CharField(label=gettext_lazy("Over that field, in English"), max_length=200, required=False)
    delay = forms.IntegerField(label=gettext_lazy("How long after"), min_value=0, max_value=10_000)
    delay_unit = forms.ChoiceField(
        label=gettext_lazy("Counted in"),
        choices=[
            ("minutes", gettext_lazy("minutes")),
            ("hours", gettext_lazy("hours")),
            ("days", gettext_lazy("days")),
        ],
    )
    quiet_days = forms.IntegerField(
        label=gettext_lazy("Not asked again for so many days"),
        min_value=0,
        max_value=365,
        help_text=gettext_lazy("Counted over all surveys and inboxes."),
    )
    open_days = forms.IntegerField(
        label=gettext_lazy("Days in which the answer may be given and changed"), min_value=1, max_value=60
    )
    low_up_to = forms.IntegerField(
        label=gettext_lazy("A score up to this opens a case"),
        min_value=0,
        max_value=10,
        required=False,
        help_text=gettext_lazy(
            "Its customer then waits for a word from you. Of somebody you do not know the team is told, and the answer "
            "waits until somebody has looked at it. Left empty, none does."
        ),
    )
    team = forms.ModelChoiceField(
        label=gettext_lazy("The team that closes the loop"),
        queryset=Team.objects.none(),
        required=False,
        empty_label=gettext_lazy("No team"),
        help_text=gettext_lazy(
            "It gets these cases and is told. Left empty, they go to the team of whoever last had the customer; "
            "where there is none, administrators are told."
        ),
    )
    most_answers = forms.IntegerField(
        label=gettext_lazy("Ends after so many answers"), min_value=1, max_value=10_000_000, required=False
    )
    most_in_period = forms.IntegerField(
        label=gettext_lazy("At most so many answers"), min_value=1, max_value=10_000_000, required=False
    )
    period = forms.ChoiceField(label=gettext_lazy("Within"), choices=Survey.Period.choices)
    closes_on = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    is_linked = forms.BooleanField(
        label=gettext_lazy("Everybody with the link or the QR code may answer"), required=False
    )
    is_on_pages = forms.BooleanField(label=gettext_lazy("May be asked on pages of your sites"), required=False)
    is_on = forms.BooleanField(
        label=gettext_lazy("Ask"),
        required=False,
        help_text=gettext_lazy("Switched off, nobody is asked and nobody can answer."),
    )

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _initial(survey))
        super().__init__(*args, **kwargs)
        self.survey = survey
        field: Any = self.fields["team"]
        field.queryset = Team.objects.order_by("name", "pk")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        kind, low = data.get("kind", ""), data.get("low_up_to")
        if low is not None and kind in RANGES and not RANGES[kind][0] <= low < RANGES[kind][1]:
            lowest, highest = RANGES[kind]
            self.add_error("low_up_to", _("Choose from %(low)s to %(high)s.") % {"low": lowest, "high": highest - 1})
        if (data.get("delay") or 0) * UNITS.get(data.get("delay_unit", ""), 1) > LONGEST_DELAY:
            self.add_error("delay", _("Sixty days at most: later nobody remembers."))
        return data

    def told(self) -> dict[str, Any]:
        """The columns of the survey."""
        data = {
            name: value for name, value in self.cleaned_data.items() if name not in ("delay", "delay_unit", "closes_on")
        }
        data["delay_minutes"] = self.cleaned_data["delay"] * UNITS[self.cleaned_data["delay_unit"]]
        last = self.cleaned_data["closes_on"]
        data["closes_at"] = timezone.make_aware(datetime.combine(last + timedelta(days=1), time.min)) if last else None
        if data["occasion"] == Survey.Occasion.NONE:
            data["inbox"] = None
        return data


class QuestionForm(forms.Form):
    """A further question. `when` names what it hangs on: "", "score", "q12" for its number, "q12:o1" for an option."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Question.Kind.choices)
    text_tr = forms.CharField(label=gettext_lazy("Question in Turkish"), max_length=200, required=False)
    text_en = forms.CharField(label=gettext_lazy("Question in English"), max_length=200, required=False)
    options = forms.CharField(
        label=gettext_lazy("What one chooses from"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("One a line, Turkish | English. Only for questions with a choice."),
    )
    is_required = forms.BooleanField(label=gettext_lazy("Has to be answered"), required=False)
    when = forms.ChoiceField(label=gettext_lazy("Of whom it is asked"), required=False)
    least = forms.IntegerField(
        label=pgettext_lazy("question", "From"),
        min_value=0,
        max_value=10,
        required=False,
        help_text=gettext_lazy("Where it hangs on a number."),
    )
    most = forms.IntegerField(label=pgettext_lazy("question", "To"), min_value=0, max_value=10, required=False)

    def __init__(self, *args: Any, survey: Survey, question: Question | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _of_question(question) if question else {})
        super().__init__(*args, **kwargs)
        before = [one for one in logic.questions(survey) if question is None or one.place < question.place]
        self.before = {one.pk: one for one in before}
        field: Any = self.fields["when"]
        field.choices = _conditions(survey, before)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        # A text that was refused was written, too.
        if not any(data.get(name) or name in self.errors for name in ("text_tr", "text_en")):
            self.add_error("text_tr", _("Write the question in one language at least."))
        options = _options(data.get("options", ""))
        if data.get("kind") in ("choice", "choices") and not 2 <= len(options) <= MOST_OPTIONS:
            self.add_error("options", _("Write two to twenty lines to choose from."))
        when = data.get("when", "")
        has_numbers = data.get("least") is not None or data.get("most") is not None
        if when and ":" not in when and not has_numbers:
            self.add_error("least", _("Say from which number or up to which it is asked."))
        if has_numbers and (data.get("least") or 0) > (10 if data.get("most") is None else data["most"]):
            self.add_error("most", _("This is less than where it begins."))
        return data

    def told(self) -> dict[str, Any]:
        """The columns of the question."""
        data = dict(self.cleaned_data)
        when, _colon, option = data.pop("when").partition(":")
        data["options"] = _options(data["options"])
        data["after"] = self.before.get(int(when[1:])) if when.startswith("q") else None
        data["option"] = option
        if not when or option:
            data["least"] = data["most"] = None
        return data


def _initial(survey: Survey) -> dict[str, Any]:
    told = {name: getattr(survey, name) for name in SurveyForm.base_fields if hasattr(survey, name)}
    unit = next(name for name in ("days", "hours", "minutes") if survey.delay_minutes % UNITS[name] == 0)
    unit = unit if survey.delay_minutes else "minutes"
    last = timezone.localtime(survey.closes_at).date() - timedelta(days=1) if survey.closes_at else None
    return told | {"delay": survey.delay_minutes // UNITS[unit], "delay_unit": unit, "closes_on": last}


def _of_question(question: Question) -> dict[str, Any]:
    told = {name: getattr(question, name) for name in ("kind", "text_tr", "text_en", "is_required", "least", "most")}
    when = ""
    if question.has_condition:
        when = f"q{question.after_id}" if question.after_id else "score"
        when += f":{question.option}" if question.option else ""
    return told | {"options": "\n".join(_line(one) for one in question.options), "when": when}


def _line(option: dict[str, str]) -> str:
    """As it was typed; of one in English alone the line stays in front, or it would be read back as Turkish."""
    turkish, english = option.get("tr", ""), option.get("en", "")
    return f"{turkish} | {english}".lstrip() if english else turkish


def _options(text: str) -> list[dict[str, str]]:
    pairs = [without_nul(line).split("|", 1) for line in text.splitlines() if line.strip()]
    return [{"tr": pair[0].strip()[:OPTION], "en": pair[1].strip()[:OPTION] if len(pair) > 1 else ""} for pair in pairs]


def _conditions(survey: Survey, before: list[Question]) -> list[tuple[str, str]]:
    found = [("", _("Of everybody"))]
    if survey.has_score:
        found.append(("score", _("After a certain score")))
    for one in before:
        said = wording.asked(one)
        if one.kind in RANGES:
            found.append((f"q{one.pk}", _("After a certain number for “%(question)s”") % {"question": said}))
        found += [
            (f"q{one.pk}:{key}", _("“%(question)s” answered with “%(chosen)s”") % {"question": said, "chosen": word})
            for key, word in wording.options(one).items()
        ]
    return found
