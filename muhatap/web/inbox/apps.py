from django.apps import AppConfig


class WebInboxConfig(AppConfig):
    name = "muhatap.web.inbox"
    label = "web_inbox"
