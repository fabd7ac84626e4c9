from django.apps import AppConfig


class InteractionsConfig(AppConfig):
    name = "muhatap.interactions"
    label = "interactions"
