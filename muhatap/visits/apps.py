from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "muhatap.visits"
    label = "visits"
