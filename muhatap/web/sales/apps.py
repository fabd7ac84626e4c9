from django.apps import AppConfig


class WebSalesConfig(AppConfig):
    name = "muhatap.web.sales"
    label = "web_sales"
