from django.apps import AppConfig


class DuplicatesConfig(AppConfig):
    name = "muhatap.duplicates"
    label = "duplicates"
