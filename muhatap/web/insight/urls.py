"""Reports."""

from django.urls import path

from muhatap.web.insight import exports, pages

app_name = "insight"

urlpatterns = [
    path("", pages.overview, name="overview"),
    path("people/", pages.people, name="people"),
    path("ratings/", pages.ratings, name="ratings"),
    path("rows/", pages.rows, name="rows"),
    path("definitions/", pages.definitions, name="definitions"),
    path("export/", exports.export, name="export"),
]
