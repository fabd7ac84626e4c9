from django.urls import path

from muhatap.web.assistant import sent, setting

app_name = "assistant_settings"
urlpatterns = [
    path("", setting.edit, name="edit"),
    path("sent/", sent.listing, name="sent"),
    path("sent/<int:pk>/", sent.detail, name="one"),
]
