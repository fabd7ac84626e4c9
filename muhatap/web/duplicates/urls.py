from django.urls import path

from muhatap.web.duplicates import looks, pages

app_name = "duplicates"
urlpatterns = [
    path("", pages.show_all, name="list"),
    path("undo/", pages.undo, name="undo"),
    path("sure/", pages.merge_sure, name="sure"),
    path("look/", looks.begin, name="look"),
    path("look/now/", looks.now, name="now"),
    path("look/<int:number>/cancel/", looks.cancel, name="cancel"),
    path("<int:number>/", pages.show, name="one"),
    path("<int:number>/answer/", pages.answer, name="answer"),
]
