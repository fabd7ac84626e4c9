from django.urls import path

from muhatap.web.notices import app, bell, choosing, devices, here

app_name = "notices"
urlpatterns = [
    path("", bell.page, name="list"),
    path("seeing/", bell.see_all, name="see_all"),
    path("news/", bell.news, name="news"),
    path("here/", here.beat, name="here"),
    path("gone/", here.leave, name="gone"),
    path("team/", here.team, name="team"),
    path("preferences/", choosing.choose, name="preferences"),
    path("devices/", devices.subscribe, name="subscribe"),
    path("devices/removal/", devices.unsubscribe, name="unsubscribe"),
    path("trial/", devices.try_it, name="try"),
    path("app.webmanifest", app.manifest, name="manifest"),
    path("worker.js", app.worker, name="worker"),
    path("offline/", app.offline, name="offline"),
]
