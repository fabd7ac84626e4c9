from django.apps import AppConfig


class WebAutomationConfig(AppConfig):
    name = "muhatap.web.automation"
    label = "web_automation"
