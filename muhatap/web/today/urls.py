"""The first page of the day."""

from django.urls import path

from muhatap.web.today import pages

app_name = "today"
urlpatterns = [path("", pages.show, name="show")]
