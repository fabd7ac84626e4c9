from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "muhatap.contacts"
    label = "contacts"
