from django.urls import path

from muhatap.web.search import palette

app_name = "search"
urlpatterns = [path("palette/", palette.found, name="palette")]
