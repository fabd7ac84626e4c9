"""What a survey says, in the language that is spoken at the moment."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from muhatap.feedback.models import Question, Response, Survey


def question(survey: Survey) -> str:
    """The firm's own question, in its other language where it has no words in this one: two questions make no one score.
    Ours where the firm wrote nothing."""
    return _own(survey.question_tr, survey.question_en) or _usual(survey)


def _usual(survey: Survey) -> str:
    if _rates_an_order(survey):
        return _("How was your order?")
    return {
        Survey.Kind.NPS: _("How likely are you to recommend us to somebody you know?"),
        Survey.Kind.CES: _("It was easy to get done what I wanted. How far do you agree?"),
        Survey.Kind.OWN: _("May we ask you something?"),
    }.get(Survey.Kind(survey.kind), _("How was our help?"))


def comment(survey: Survey) -> str:
    """What stands over the field for a word."""
    own = _own(survey.comment_tr, survey.comment_en)
    return own or (_("What is the main reason?") if survey.kind == Survey.Kind.NPS else _("A word about it"))


def asked(question: Question) -> str:
    """A further question; in its other language where it has no words in this one."""
    return _own(question.text_tr, question.text_en)


def options(question: Question) -> dict[str, str]:
    """What may be chosen, by its key."""
    return {
        str(one["key"]): _own(str(one.get("tr", "")), str(one.get("en", ""))) or str(one["key"])
        for one in question.options
    }


def faces() -> dict[int, str]:
    """Each score in a word or two."""
    return {1: _("Very bad"), 2: _("Bad"), 3: _("So-so"), 4: _("Good"), 5: _("Very good")}


def choices(survey: Survey) -> dict[int, str]:
    """What stands on the button of each score."""
    if survey.kind == Survey.Kind.CSAT and survey.scale == Survey.Scale.FACES:
        return faces()
    lowest, highest = survey.range
    return {score: str(score) for score in range(lowest, highest + 1)}


def ends(kind: str) -> tuple[str, str]:
    """What the lowest and the highest number mean."""
    return {
        "nps": (_("Not at all"), _("Certainly")),
        "ces": (_("I do not agree at all"), _("I agree completely")),
    }.get(kind, (_("Very bad"), _("Very good")))


def said(survey: Survey, score: int | None) -> str:
    """A score as one reads it: 9/10; in words where there are faces."""
    if score is None:
        return ""
    if survey.kind == Survey.Kind.CSAT and survey.scale == Survey.Scale.FACES:
        return faces()[score]
    return f"{score}/{survey.range[1]}"


def told(response: Response) -> str:
    """What somebody answered, as a sentence for staff."""
    survey = response.survey
    if survey is None or response.score is None:
        return _("Answered the survey “%(name)s”") % {"name": survey or ""}
    score, highest = response.score, survey.range[1]
    sentences = {
        Survey.Kind.NPS: _("Would recommend us with %(score)s of %(highest)s"),
        Survey.Kind.CES: _("Says how easy it was: %(score)s of %(highest)s"),
    }
    sentence = sentences.get(Survey.Kind(survey.kind), _("Rated our help with %(score)s of %(highest)s"))
    if _rates_an_order(survey):
        sentence = _("Rated their order with %(score)s of %(highest)s")
    return sentence % {"score": score, "highest": highest}


def _rates_an_order(survey: Survey) -> bool:
    return survey.kind == Survey.Kind.CSAT and survey.occasion == Survey.Occasion.DELIVERED


def _own(turkish: str, english: str) -> str:
    """The firm's words; those of the other language where there are none in this one."""
    first, other = (turkish, english) if (get_language() or "tr").startswith("tr") else (english, turkish)
    return first or other
