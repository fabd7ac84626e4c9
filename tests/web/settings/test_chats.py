"""The pages of a chat inbox: made, changed, its secret shown once, wrong input explained."""

import pytest
from django.test import Client

from muhatap.accounts.models import AuditEntry, User
from muhatap.channels.models import Inbox
from muhatap.channels.webchat.widget import settings_of
from tests import cast

pytestmark = pytest.mark.django_db
TYPED = {
    "name": "Dükkân sohbeti",
    "is_enabled": "on",
    "origins": "https://ihlamurev.example\nwww.ihlamurev.example/sofra",
    "accent": "#7a3b12",
    "theme": "auto",
    "position": "left",
    "language": "",
    "greeting_tr": "Hoş geldiniz",
    "ask_name": "off",
    "ask_email": "optional",
    "max_file_mb": "5",
    "has_hours": "on",
    "day_0": "09:00-18.30",
    "away_minutes": "5",
}


def client(who: User) -> Client:
    found = Client()
    found.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    return found


def test_an_administrator_makes_a_chat_and_gets_the_tag() -> None:
    browser = client(cast.selin())
    mailbox = cast.support_inbox()
    made = browser.post("/settings/inboxes/new-chat/", TYPED | {"email_inbox": mailbox.pk}, follow=True)
    inbox = Inbox.objects.get(kind="webchat")
    widget = settings_of(inbox.settings)
    assert widget.origins == ("https://ihlamurev.example", "https://www.ihlamurev.example")
    assert widget.hours == (("09:00", "18:30"), *(None,) * 6)
    assert (widget.position, widget.max_file_mb, widget.email_inbox_id) == ("left", 5, mailbox.pk)
    assert f"data-inbox=&quot;{inbox.public_key}&quot;" in made.content.decode()
    assert AuditEntry.objects.filter(act="inbox.create", object_id=str(inbox.pk)).exists()


def test_changing_keeps_what_the_form_does_not_know() -> None:
    inbox = cast.chat_inbox(identity_secret_sealed="kept")
    client(cast.selin()).post(f"/settings/inboxes/{inbox.pk}/chat/", TYPED)
    inbox.refresh_from_db()
    assert (inbox.name, inbox.settings["identity_secret_sealed"]) == ("Dükkân sohbeti", "kept")
    assert inbox.public_key == "ihlamur-ev"


def test_the_secret_is_shown_once_and_kept_sealed() -> None:
    inbox, browser = cast.chat_inbox(), client(cast.selin())
    shown = browser.post(f"/settings/inboxes/{inbox.pk}/chat/secret/").content.decode()
    inbox.refresh_from_db()
    secret = settings_of(inbox.settings).identity_secret
    assert len(secret) == 48
    assert secret in shown
    assert secret not in str(inbox.settings)
    assert secret not in browser.get(f"/settings/inboxes/{inbox.pk}/chat/").content.decode()
    assert secret not in str(list(AuditEntry.objects.values()))


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("name", ""),
        ("name", "Web sohbet"),
        ("origins", ""),
        ("origins", "javascript://x"),
        ("accent", "red"),
        ("theme", "pink"),
        ("day_0", "morning"),
        ("day_0", "18:00-09:00"),
        ("day_0", "25:00-26:00"),
        ("day_0", ""),
        ("privacy_url", "javascript:alert(1)"),
        ("max_file_mb", "0"),
        ("away_minutes", "x"),
        ("email_inbox", "999"),
    ],
)
def test_wrong_input_is_explained_and_stays(field: str, wrong: str) -> None:
    cast.chat_inbox()
    refused = client(cast.selin()).post("/settings/inboxes/new-chat/", TYPED | {field: wrong})
    assert refused.status_code == 422
    assert "Hoş geldiniz" in refused.content.decode()
    assert Inbox.objects.count() == 1


def test_an_agent_may_not() -> None:
    inbox = cast.chat_inbox()
    assert client(cast.zeynep()).get(f"/settings/inboxes/{inbox.pk}/chat/").status_code == 403
    assert client(cast.zeynep()).post("/settings/inboxes/new-chat/", TYPED).status_code == 403
