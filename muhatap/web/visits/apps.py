from django.apps import AppConfig


class WebVisitsConfig(AppConfig):
    name = "muhatap.web.visits"
    label = "web_visits"
