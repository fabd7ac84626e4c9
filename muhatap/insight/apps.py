from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "muhatap.insight"
    label = "insight"
