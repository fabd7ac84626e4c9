"""The customers' voice."""

from django.urls import path

from muhatap.web.insight.voice import exports, pages, papers, themes, week

app_name = "voice"

urlpatterns = [
    path("", pages.overview, name="overview"),
    path("messages/", pages.rows, name="rows"),
    path("answers/", pages.answers, name="answers"),
    path("themes/", themes.show, name="themes"),
    path("themes/<int:number>/", themes.one, name="theme"),
    path("themes/<int:number>/name/", themes.rename, name="theme_name"),
    path("themes/<int:number>/hide/", themes.hide, name="theme_hide"),
    path("themes/<int:number>/merge/", themes.merge, name="theme_merge"),
    path("themes/<int:number>/split/", themes.split, name="theme_split"),
    path("week/", week.show, name="week"),
    path("pdf/", papers.pdf, name="pdf"),
    path("export/", exports.export, name="export"),
]
