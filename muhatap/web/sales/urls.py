from django.urls import path

from muhatap.web.sales import carts, customer, orders

app_name = "sales"

urlpatterns = [
    path("orders/", orders.listing, name="orders"),
    path("orders/export/", orders.export, name="export"),
    path("orders/<int:number>/", orders.show, name="order"),
    path("carts/", carts.listing, name="carts"),
    path("carts/panel/", carts.panel, name="carts_panel"),
    path("of/<int:number>/", customer.show, name="of_contact"),
]
