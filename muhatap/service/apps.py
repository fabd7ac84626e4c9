from django.apps import AppConfig


class ServiceConfig(AppConfig):
    name = "muhatap.service"
    label = "service"
