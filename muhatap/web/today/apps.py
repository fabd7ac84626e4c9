from django.apps import AppConfig


class WebTodayConfig(AppConfig):
    name = "muhatap.web.today"
    label = "web_today"
