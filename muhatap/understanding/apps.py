from django.apps import AppConfig


class UnderstandingConfig(AppConfig):
    name = "muhatap.understanding"
    label = "understanding"
