from django.urls import path

from muhatap.web.triggers import tasks

app_name = "tasks"

urlpatterns = [
    path("tasks/", tasks.show, name="open"),
    path("tasks/<int:number>/settling/", tasks.settle, name="settle"),
]
