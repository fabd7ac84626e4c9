from django.apps import AppConfig


class WebContactsConfig(AppConfig):
    name = "muhatap.web.contacts"
    label = "web_contacts"
