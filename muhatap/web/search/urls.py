from django.urls import path

from muhatap.web.search import exports, pages, palette

app_name = "search"
urlpatterns = [
    path("", pages.results, name="results"),
    path("export/", exports.export, name="export"),
    path("palette/", palette.found, name="palette"),
]
