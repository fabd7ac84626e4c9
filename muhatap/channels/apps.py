from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "muhatap.channels"
    label = "channels"
