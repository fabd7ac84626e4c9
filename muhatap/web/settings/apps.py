from django.apps import AppConfig


class WebSettingsConfig(AppConfig):
    name = "muhatap.web.settings"
    label = "web_settings"
