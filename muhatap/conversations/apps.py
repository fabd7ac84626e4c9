from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "muhatap.conversations"
    label = "conversations"
