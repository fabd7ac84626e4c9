from django.urls import path

from muhatap.web.visits import log

app_name = "visits"

urlpatterns = [path("", log.show, name="list")]
