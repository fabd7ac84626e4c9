from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "muhatap.accounts"
    label = "accounts"
