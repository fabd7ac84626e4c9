from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "muhatap.search"
    label = "search"
