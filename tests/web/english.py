"""Pages as somebody reads them who has chosen English."""

from html import unescape

from django.test import Client

from muhatap.accounts.models import User


def reader(user: User) -> Client:
    user.language = "en"
    user.save()
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(client: Client, path: str) -> str:
    """What stands there, entities read."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    return unescape(answer.content.decode())
