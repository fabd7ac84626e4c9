from django.urls import path

from muhatap.web.visits import pages

app_name = "sites"

urlpatterns = [
    path("", pages.listing, name="list"),
    path("new/", pages.new, name="new"),
    path("<int:pk>/", pages.show, name="site"),
    path("<int:pk>/arriving/", pages.arriving, name="arriving"),
    path("<int:pk>/secret/", pages.renew_secret, name="secret"),
    path("<int:pk>/server-key/", pages.renew_server_key, name="server_key"),
    path("<int:pk>/edit/", pages.edit, name="edit"),
]
