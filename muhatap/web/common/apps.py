from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "muhatap.web.common"
    label = "web_common"
