from django.apps import AppConfig


class WebCommonConfig(AppConfig):
    name = "muhatap.web.common"
    label = "web_common"
