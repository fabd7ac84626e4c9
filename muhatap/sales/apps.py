from django.apps import AppConfig


class SalesConfig(AppConfig):
    name = "muhatap.sales"
    label = "sales"
