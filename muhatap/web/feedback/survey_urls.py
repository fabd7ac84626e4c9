"""Surveys: making them, what they came to, and who waits for a word."""

from django.urls import path

from muhatap.web.feedback import exporting, invited, results, surveys, waiting, withheld

app_name = "surveys"

urlpatterns = [
    path("", surveys.listing, name="list"),
    path("new/", surveys.new, name="new"),
    path("waiting/", waiting.show, name="waiting"),
    path("waiting/<int:pk>/", waiting.mark, name="mark"),
    path("<int:pk>/", results.show, name="results"),
    path("<int:pk>/answers/", results.answers, name="answers"),
    path("<int:pk>/asked/", invited.show, name="invitations"),
    path("<int:pk>/not-asked/", withheld.show, name="not_asked"),
    path("<int:pk>/export/", exporting.export, name="export"),
    path("<int:pk>/edit/", surveys.edit, name="edit"),
    path("<int:pk>/archive/", surveys.archive, name="archive"),
    path("<int:pk>/code.svg", surveys.code, name="code"),
    path("<int:pk>/questions/new/", surveys.question, name="new_question"),
    path("<int:pk>/questions/<int:number>/", surveys.question, name="question"),
    path("<int:pk>/questions/<int:number>/move/", surveys.move, name="move"),
    path("<int:pk>/questions/<int:number>/remove/", surveys.take_away, name="take_away"),
]
