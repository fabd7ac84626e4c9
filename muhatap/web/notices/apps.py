from django.apps import AppConfig


class WebNoticesConfig(AppConfig):
    name = "muhatap.web.notices"
    label = "web_notices"
