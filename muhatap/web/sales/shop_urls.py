from django.urls import path

from muhatap.web.sales import deliveries, filling, questions, shops

app_name = "shops"

urlpatterns = [
    path("", shops.listing, name="list"),
    path("new/<str:kind>/", shops.new, name="new"),
    path("<int:number>/", shops.show, name="shop"),
    path("<int:number>/edit/", shops.edit, name="edit"),
    path("<int:number>/secret/", shops.renew, name="renew"),
    path("<int:number>/deliveries/", deliveries.listing, name="deliveries"),
    path("<int:number>/deliveries/replaying/", deliveries.replay_set_aside, name="replay_set_aside"),
    path("<int:number>/deliveries/<int:one>/", deliveries.show, name="delivery"),
    path("<int:number>/deliveries/<int:one>/replaying/", deliveries.replay, name="replay"),
    path("<int:number>/deliveries/<int:one>/kept/", deliveries.kept, name="kept"),
    path("<int:number>/deliveries/<int:one>/settling/", deliveries.settle, name="settle"),
    path("<int:number>/questions/", questions.edit, name="questions"),
    path("<int:number>/file/", deliveries.upload, name="upload"),
    path("<int:number>/filling/", filling.begin, name="fill"),
    path("<int:number>/filling/progress/", filling.progress, name="progress"),
    path("<int:number>/filling/stopping/", filling.stop, name="stop_filling"),
]
