from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "muhatap.notices"
    label = "notices"
