from django.apps import AppConfig


class WebWritingConfig(AppConfig):
    name = "muhatap.web.writing"
    label = "web_writing"
