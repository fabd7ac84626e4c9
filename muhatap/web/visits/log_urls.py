from django.urls import path

from muhatap.web.visits import customer, log, one

app_name = "visits"

urlpatterns = [
    path("", log.show, name="list"),
    path("<int:number>/", one.show, name="visit"),
    path("of/<int:number>/", customer.show, name="of_contact"),
    path("browsers/<int:number>/parting/", customer.part, name="part"),
]
