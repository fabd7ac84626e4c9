from django.apps import AppConfig


class WebAccountsConfig(AppConfig):
    name = "muhatap.web.accounts"
    label = "web_accounts"
