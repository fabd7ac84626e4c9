from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "muhatap.imports"
    label = "imports"
