from django.apps import AppConfig


class WebListeningConfig(AppConfig):
    name = "muhatap.web.listening"
    label = "web_listening"
