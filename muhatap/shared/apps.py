from django.apps import AppConfig


class SharedConfig(AppConfig):
    name = "muhatap.shared"
    label = "shared"

    def ready(self) -> None:
        from muhatap.shared import lookups  # noqa: F401  # the ORM learns its words
