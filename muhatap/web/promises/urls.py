"""Promises to customers."""

from django.urls import path

from muhatap.web.promises import giving, one, pages, report

app_name = "promises"
urlpatterns = [
    path("", pages.listing, name="list"),
    path("report/", report.show, name="report"),
    path("report/export/", report.export, name="export"),
    path("to/<int:contact>/", giving.new, name="new"),
    path("of/<int:contact>/", giving.of_contact, name="of_contact"),
    path("<int:number>/", one.show, name="one"),
    path("<int:number>/keeping/", one.keep, name="keep"),
    path("<int:number>/ending/", one.end, name="end"),
    path("<int:number>/putting-off/", one.put_off, name="put_off"),
    path("<int:number>/giving/", one.give, name="give"),
    path("<int:number>/removal/", one.forget, name="forget"),
    path("<int:number>/reopening/", one.reopen, name="reopen"),
]
