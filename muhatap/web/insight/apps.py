from django.apps import AppConfig


class WebInsightConfig(AppConfig):
    name = "muhatap.web.insight"
    label = "web_insight"
