from django.apps import AppConfig


class TrendyolConfig(AppConfig):
    name = "muhatap.channels.trendyol"
    label = "channels_trendyol"
