from django.apps import AppConfig


class TriggersConfig(AppConfig):
    name = "muhatap.triggers"
    label = "triggers"
