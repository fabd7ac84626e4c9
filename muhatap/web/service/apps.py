from django.apps import AppConfig


class WebServiceConfig(AppConfig):
    name = "muhatap.web.service"
    label = "web_service"
