"""Surveys: the list, a new one, and the editor with its questions, its ways and what customers will see."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from muhatap.accounts.permissions import may
from muhatap.feedback import asking, designing, figures, logic, results, sheets, wording
from muhatap.feedback.figures import Counts
from muhatap.feedback.models import Question, Survey
from muhatap.feedback.sheets import Field
from muhatap.shared import clock
from muhatap.web.common.doors import needs, visitor
from muhatap.web.feedback import asked, qr, words
from muhatap.web.feedback.forms import NewForm, QuestionForm, SurveyForm

LANGUAGES = (("tr", "Türkçe"), ("en", "English"))


@require_GET
@needs("surveys.read")
def listing(request: HttpRequest) -> HttpResponse:
    """Every survey, what it came to in the days its results begin with, and whether it is asked."""
    user, at = visitor(request), clock.now()
    surveys = Survey.objects.select_related("inbox").order_by("archived_at", "name", "pk")
    given = results.of_surveys(*asked.standard())
    lines = [(one, _line(one, given.get(one.pk, {}), at)) for one in surveys]
    page = {
        "lines": [line for one, line in lines if one.archived_at is None],
        "put_away": [line for one, line in lines if one.archived_at is not None],
        "n_days": asked.STANDARD,
        "can_edit": may(user, "surveys.edit"),
        "views": words.views("surveys:list", user),
    }
    return render(request, "feedback/surveys.html", page)


@needs("surveys.edit")
def new(request: HttpRequest) -> HttpResponse:
    form = NewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if data["occasion"] == Survey.Occasion.NONE:
            data = data | {"inbox": None, "is_linked": True}
        try:
            survey = designing.create(fields=data, by=visitor(request), at=clock.now())
        except designing.IsTaken:
            form.add_error("inbox", _taken())
        else:
            messages.success(request, _("Made. Look at it, add questions, and switch it on."))
            return redirect("surveys:edit", survey.pk)
    page = {"form": form, "views": words.views("surveys:list", visitor(request))}
    return render(request, "feedback/new.html", page, status=422 if form.errors else 200)


@needs("surveys.edit")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Its settings, the questions in their order, and both languages as customers see them."""
    survey = _standing(pk)
    form = SurveyForm(request.POST or None, survey=survey)
    if request.method == "POST" and form.is_valid() and _changed(request, survey, form):
        messages.success(request, _("Saved."))
        return redirect("surveys:edit", survey.pk)
    return render(request, "feedback/edit.html", _editor(request, survey, form), status=422 if form.errors else 200)


@require_POST
@needs("surveys.edit")
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    designing.archive(survey=_standing(pk), by=visitor(request), at=clock.now())
    messages.success(request, _("Put away. Its answers stay."))
    return redirect("surveys:list")


@needs("surveys.edit")
def question(request: HttpRequest, pk: int, number: int | None = None) -> HttpResponse:
    """A further question, new or known."""
    survey = _standing(pk)
    known = get_object_or_404(survey.questions.filter(archived_at=None), pk=number) if number else None
    form = QuestionForm(request.POST or None, survey=survey, question=known)
    if request.method == "POST" and form.is_valid():
        try:
            designing.ask(survey=survey, fields=form.told(), question=known, by=visitor(request), at=clock.now())
        except designing.IsAnswered:
            form.add_error("kind", _("Somebody has answered it. Take it away and ask a new one instead."))
        except designing.LooksAhead:
            form.add_error("when", _("It can hang only on a question that comes before it."))
        except designing.TooMany:
            form.add_error(None, _("Thirty questions stand here already: nobody answers more."))
        else:
            return redirect(reverse("surveys:edit", args=[survey.pk]) + "#questions")
    page = {"form": form, "survey": survey, "known": known, "views": words.views("surveys:list", visitor(request))}
    return render(request, "feedback/question.html", page, status=422 if form.errors else 200)


@require_POST
@needs("surveys.edit")
def move(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One place up or down."""
    one = _question(pk, number)
    try:
        designing.move(question=one, up=request.POST.get("to") == "up", by=visitor(request), at=clock.now())
    except designing.LooksAhead:
        messages.warning(request, _("It stays where it is: a question stands behind the one it hangs on."))
    return redirect(reverse("surveys:edit", args=[pk]) + "#questions")


@require_POST
@needs("surveys.edit")
def take_away(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    designing.take_away(question=_question(pk, number), by=visitor(request), at=clock.now())
    messages.success(request, _("It is asked no more. Its answers stay."))
    return redirect(reverse("surveys:edit", args=[pk]) + "#questions")


@require_GET
@needs("surveys.read")
def code(request: HttpRequest, pk: int) -> HttpResponse:
    """The QR code of a survey, to be printed."""
    survey = get_object_or_404(Survey, pk=pk)
    if not survey.key:
        raise Http404
    response = HttpResponse(qr.drawn(_address(survey) + "?by=qr"), content_type="image/svg+xml")
    if "download" in request.GET:
        response["Content-Disposition"] = f'attachment; filename="survey-{survey.pk}.svg"'
    return response


def _changed(request: HttpRequest, survey: Survey, form: SurveyForm) -> bool:
    try:
        designing.change(survey=survey, fields=form.told(), by=visitor(request), at=clock.now())
    except designing.IsTaken:
        form.add_error("inbox", _taken())
    except designing.IsAnswered:
        form.add_error("kind", _("Somebody has answered it. Make a new survey for another kind of score."))
    except designing.NothingAsked:
        form.add_error("is_on", _("It asks nothing yet. Add a question first."))
    else:
        return True
    return False


def _editor(request: HttpRequest, survey: Survey, form: SurveyForm) -> dict[str, Any]:
    questions = logic.questions(survey)
    sites = f'<script src="{settings.PUBLIC_URL}/embed/survey.js" data-survey="{survey.key}" async></script>'
    return {
        "survey": survey,
        "form": form,
        "groups": _groups(form),
        "questions": [
            {
                "row": one,
                "said": wording.asked(one),
                "kind": one.get_kind_display(),
                "condition": words.condition(one),
                "is_first": nth == 0,
                "is_last": nth == len(questions) - 1,
            }
            for nth, one in enumerate(questions)
        ],
        "score_said": wording.question(survey) if survey.has_score else "",
        "comment_said": wording.comment(survey) if survey.asks_comment else "",
        "previews": [_preview(survey, language, name) for language, name in LANGUAGES],
        "address": _address(survey),
        "snippet": sites,
        "views": words.views("surveys:list", visitor(request)),
    }


def _groups(form: forms.Form) -> list[tuple[str, list[Any]]]:
    """The fields under their headings."""
    grouped = [
        ("", ["name", "is_on", "kind", "occasion", "inbox", "mailbox", "delay", "delay_unit"]),
        (_("The words"), ["question_tr", "question_en", "scale", "asks_comment", "comment_tr", "comment_en"]),
        (_("Whom, and how long"), ["quiet_days", "open_days", "closes_on", "most_answers", "most_in_period", "period"]),
        (_("What follows"), ["low_up_to", "team"]),
        (_("Other ways"), ["is_linked", "is_on_pages"]),
    ]
    return [(title, [form[name] for name in names]) for title, names in grouped]


def _preview(survey: Survey, language: str, name: str) -> dict[str, Any]:
    """All pages of it in one language, with what leads to each question."""
    with translation.override(language):
        pages = logic.pages(survey, logic.questions(survey))
        score = sheets.score_field(survey) if survey.has_score else None
        shown: list[list[tuple[Field, str]]] = [
            [(_named(sheets.question_field(one), language), words.condition(one)) for one in page] for page in pages
        ]
        if score:
            shown[0].insert(0, (_named(score, language), ""))
        if survey.asks_comment:
            comment = Field(name=f"{language}-comment", kind="text", label=wording.comment(survey))
            shown[-1].append((comment, ""))
    return {"language": language, "name": name, "pages": shown}


def _named(field: Field, language: str) -> Field:
    """Two previews on one page share no names."""
    return sheets.renamed(field, f"{language}-{field.name}")


def _line(survey: Survey, given: Counts, at: datetime) -> dict[str, Any]:
    found = figures.of(survey.kind, {score: n for score, n in given.items() if score >= 0})
    is_closed = asking.is_closed(survey, at=at)
    is_full = asking.is_running(survey, at=at) and asking.is_full(survey, at=at)
    state, tone = words.state(survey, is_full=is_full, is_closed=is_closed)
    return {
        "survey": survey,
        "kind": str(Survey.Kind(survey.kind).label).split(":")[0],
        "occasion": words.occasion(survey),
        "state": state,
        "tone": tone,
        "figure": words.value(survey.kind, found.value) if survey.has_score else "",
        "figure_name": words.figure_name(survey.kind),
        "answers": words.n_answers(sum(given.values())),
    }


def _address(survey: Survey) -> str:
    return f"{settings.PUBLIC_URL}{reverse('open_surveys:begin', args=[survey.key or '-'])}"


def _standing(pk: int) -> Survey:
    return get_object_or_404(Survey.objects.select_related("inbox").filter(archived_at=None), pk=pk)


def _question(pk: int, number: int) -> Question:
    rows = Question.objects.select_related("survey").filter(archived_at=None, survey__archived_at=None)
    return get_object_or_404(rows, pk=number, survey_id=pk)


def _taken() -> str:
    return _("Another survey asks after resolutions of this inbox. Put it away first, or change it.")
