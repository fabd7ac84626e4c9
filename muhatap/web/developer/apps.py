from django.apps import AppConfig


class WebDeveloperConfig(AppConfig):
    name = "muhatap.web.developer"
    label = "web_developer"
