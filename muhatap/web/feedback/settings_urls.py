"""Whether and how customers are asked for a rating."""

from django.urls import path

from muhatap.web.feedback import surveys

app_name = "surveys"

urlpatterns = [
    path("", surveys.listing, name="list"),
    path("<int:pk>/", surveys.edit, name="edit"),
]
