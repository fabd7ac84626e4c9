from django.apps import AppConfig


class WebSearchConfig(AppConfig):
    name = "muhatap.web.search"
    label = "web_search"
