from django.apps import AppConfig


class WebchatConfig(AppConfig):
    name = "muhatap.channels.webchat"
    label = "channels_webchat"
