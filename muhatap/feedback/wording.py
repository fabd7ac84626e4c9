"""What a survey says, in the language that is spoken at the moment."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from muhatap.feedback.models import Survey


def question(survey: Survey) -> str:
    """The firm's own question, or ours."""
    own = survey.question_tr if (get_language() or "tr").startswith("tr") else survey.question_en
    return own or _("How was our help?")


def faces() -> dict[int, str]:
    """Each score in a word or two."""
    return {1: _("Very bad"), 2: _("Bad"), 3: _("So-so"), 4: _("Good"), 5: _("Very good")}


def choices(survey: Survey) -> dict[int, str]:
    """What stands on the button of each score."""
    return {score: str(score) for score in faces()} if survey.scale == Survey.Scale.NUMBERS else faces()
