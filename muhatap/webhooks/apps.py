from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "muhatap.webhooks"
    label = "webhooks"
