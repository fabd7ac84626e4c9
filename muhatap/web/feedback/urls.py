"""Where a customer answers; the link is the proof."""

from django.urls import path

from muhatap.web.feedback import rating

app_name = "feedback"

urlpatterns = [
    path("<str:token>/", rating.rate, name="rate"),
    path("<str:token>/thanks/", rating.thanks, name="thanks"),
    path("<str:token>/no/", rating.refuse, name="refuse"),
]
