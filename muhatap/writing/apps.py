from django.apps import AppConfig


class WritingConfig(AppConfig):
    name = "muhatap.writing"
    label = "writing"
