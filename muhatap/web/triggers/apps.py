from django.apps import AppConfig


class WebTriggersConfig(AppConfig):
    name = "muhatap.web.triggers"
    label = "web_triggers"
