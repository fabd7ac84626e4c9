from django.urls import path

from muhatap.web.assistant import panel

app_name = "assistant"
urlpatterns = [
    path("for/<int:number>/", panel.standing, name="standing"),
    path("for/<int:number>/<slug:task>/", panel.prepare, name="prepare"),
    path("<int:pk>/", panel.show, name="show"),
    path("<int:pk>/sending/", panel.send, name="send"),
    path("<int:pk>/stopping/", panel.stop, name="stop"),
    path("<int:pk>/taking/", panel.take, name="take"),
    path("<int:pk>/dropping/", panel.drop, name="drop"),
]
