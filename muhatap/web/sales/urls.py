from django.urls import path

from muhatap.web.sales import carts, customer, orders, worth

app_name = "sales"

urlpatterns = [
    path("orders/", orders.listing, name="orders"),
    path("orders/export/", orders.export, name="export"),
    path("orders/<int:number>/", orders.show, name="order"),
    path("carts/", carts.listing, name="carts"),
    path("carts/panel/", carts.panel, name="carts_panel"),
    path("worth/", worth.show, name="worth"),
    path("worth/customers/", worth.customers, name="worth_customers"),
    path("of/<int:number>/", customer.show, name="of_contact"),
]
