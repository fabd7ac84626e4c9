from django.urls import path

from muhatap.web.listening import sources

app_name = "listening"

urlpatterns = [
    path("", sources.listing, name="sources"),
    path("new/<str:kind>/", sources.new, name="new"),
    path("<int:pk>/", sources.edit, name="source"),
    path("<int:pk>/look/", sources.look_now, name="look"),
    path("<int:pk>/secret/", sources.renew_secret, name="secret"),
]
