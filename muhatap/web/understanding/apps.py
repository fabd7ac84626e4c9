from django.apps import AppConfig


class WebUnderstandingConfig(AppConfig):
    name = "muhatap.web.understanding"
    label = "web_understanding"
