from django.apps import AppConfig


class ListeningConfig(AppConfig):
    name = "muhatap.channels.listening"
    label = "channels_listening"
