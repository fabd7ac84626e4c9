from django.apps import AppConfig


class WebAssistantConfig(AppConfig):
    name = "muhatap.web.assistant"
    label = "web_assistant"
