from django.apps import AppConfig


class WebDuplicatesConfig(AppConfig):
    name = "muhatap.web.duplicates"
    label = "web_duplicates"
