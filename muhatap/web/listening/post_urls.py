from django.urls import path

from muhatap.web.listening import posts

app_name = "posts"

urlpatterns = [
    path("", posts.heard, name="heard"),
    path("new/", posts.write_down, name="new"),
    path("<int:pk>/open/", posts.open_conversation, name="open"),
]
