from django.urls import path

from muhatap.web.search import pages, palette

app_name = "search"
urlpatterns = [
    path("", pages.results, name="results"),
    path("palette/", palette.found, name="palette"),
]
