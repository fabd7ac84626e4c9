"""What a survey asks: one question in every language it is asked in, so that its answers make one score."""

import pytest
from django.utils import translation

from muhatap.feedback import wording
from muhatap.feedback.models import Response, Survey

OURS = "How was our help?"
THEIRS = {"question_tr": "Montaj nasıldı?", "comment_tr": "Ne iyi oldu?", "comment_en": ""}


@pytest.mark.parametrize("language", ["tr", "en"])
def test_what_the_firm_worded_in_one_language_is_asked_of_everybody(language: str) -> None:
    with translation.override(language):
        survey = Survey(kind="csat", **THEIRS)
        assert (wording.question(survey), wording.comment(survey)) == ("Montaj nasıldı?", "Ne iyi oldu?")
        assert wording.question(Survey(kind="csat", question_en="How was the fitting?")) == "How was the fitting?"


def test_each_language_has_its_own_words_where_the_firm_wrote_both() -> None:
    survey = Survey(kind="csat", question_en="How was the fitting?", **THEIRS)
    with translation.override("en"):
        assert wording.question(survey) == "How was the fitting?"
    with translation.override("tr"):
        assert wording.question(survey) == "Montaj nasıldı?"


@pytest.mark.parametrize(
    ("kind", "occasion", "asked"),
    [
        ("csat", "resolved", OURS),
        ("csat", "none", OURS),
        ("csat", "delivered", "How was your order?"),
        ("nps", "delivered", "How likely are you to recommend us to somebody you know?"),
    ],
)
def test_our_usual_question_is_about_what_they_are_asked_after(kind: str, occasion: str, asked: str) -> None:
    with translation.override("en"):
        assert wording.question(Survey(kind=kind, occasion=occasion)) == asked


def test_what_somebody_said_of_their_order_is_not_told_as_said_of_our_help() -> None:
    with translation.override("en"):
        survey = Survey(kind="csat", occasion="delivered")
        assert wording.told(Response(survey=survey, score=2)) == "Rated their order with 2 of 5"
