from django.apps import AppConfig


class EmailConfig(AppConfig):
    name = "muhatap.channels.email"
    label = "channels_email"
