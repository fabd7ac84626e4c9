from django.apps import AppConfig


class WebPromisesConfig(AppConfig):
    name = "muhatap.web.promises"
    label = "web_promises"
