from django.urls import path

from muhatap.web.triggers import pages

app_name = "triggers"

urlpatterns = [
    path("", pages.listing, name="list"),
    path("<str:kind>/", pages.edit, name="edit"),
    path("<str:kind>/looking-back/", pages.look_back, name="look_back"),
]
