"""Reports of web sites."""

from django.urls import path

from muhatap.web.insight.web import exports, interest, now, overview, pages, returning, steps, ways

app_name = "web"

urlpatterns = [
    path("", overview.show, name="overview"),
    path("now/", now.show, name="now"),
    path("now/part/", now.part, name="now_part"),
    path("pages/", pages.pages, name="pages"),
    path("products/", pages.products, name="products"),
    path("products/interest/", interest.panel, name="interest"),
    path("clicks/", pages.clicks, name="clicks"),
    path("sources/", pages.sources, name="sources"),
    path("campaigns/", pages.campaigns, name="campaigns"),
    path("funnel/", steps.show, name="funnel"),
    path("paths/", ways.show, name="paths"),
    path("returning/", returning.show, name="returning"),
    path("export/", exports.export, name="export"),
]
