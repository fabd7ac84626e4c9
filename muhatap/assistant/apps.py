from django.apps import AppConfig


class AssistantConfig(AppConfig):
    name = "muhatap.assistant"
    label = "assistant"
