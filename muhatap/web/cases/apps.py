from django.apps import AppConfig


class WebCasesConfig(AppConfig):
    name = "muhatap.web.cases"
    label = "web_cases"
