"""Where everybody answers who has the address of a survey."""

from django.urls import path

from muhatap.web.feedback import openly

app_name = "open_surveys"

urlpatterns = [
    path("answer/<str:token>/", openly.go_on, name="go_on"),
    path("answer/<str:token>/thanks/", openly.thanks, name="thanks"),
    path("<str:key>/", openly.begin, name="begin"),
]
