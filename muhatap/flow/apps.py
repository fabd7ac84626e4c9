from django.apps import AppConfig


class FlowConfig(AppConfig):
    name = "muhatap.flow"
    label = "flow"
