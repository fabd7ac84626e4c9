from django.apps import AppConfig


class WebImportsConfig(AppConfig):
    name = "muhatap.web.imports"
    label = "web_imports"
