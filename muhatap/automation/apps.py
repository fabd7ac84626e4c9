from django.apps import AppConfig


class AutomationConfig(AppConfig):
    name = "muhatap.automation"
    label = "automation"
