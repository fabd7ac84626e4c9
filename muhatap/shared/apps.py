from django.apps import AppConfig


class SharedConfig(AppConfig):
    name = "muhatap.shared"
    label = "shared"
