"""What can be set, for those who may."""

from django.urls import path

from muhatap.web.settings import index

app_name = "settings"

urlpatterns = [
    path("", index.show, name="index"),
]
