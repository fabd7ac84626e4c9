"""What the settings show of inboxes whose mail one does not read: a lead of one team is not a reader of all mail."""

import pytest
from django.test import Client
from django.urls import reverse

from muhatap.accounts.models import User, Visibility
from muhatap.channels.models import Desk, Inbox
from muhatap.interactions import intake
from muhatap.interactions.models import Quarantine, RawItem
from tests import cast
from tests.flow.conftest import letter

pytestmark = pytest.mark.django_db
CONTENT = ("items", "outgoing")


def url(name: str, *args: object) -> str:
    return reverse(f"settings:{name}", args=args)


def seeing(user: User, visibility: str, client: Client) -> Client:
    user.visibility = visibility
    user.save()
    client.force_login(user)
    return client


@pytest.fixture
def inbox() -> Inbox:
    return cast.support_inbox()


@pytest.fixture
def row(inbox: Inbox) -> Quarantine:
    item = intake.accept(inbox=inbox, dedupe_key="1", raw=letter(), meta={}, at=cast.NOW)
    intake.quarantine(item_id=item.item_id, reason="fault", detail="ValueError", at=cast.NOW)
    return Quarantine.objects.get()


@pytest.mark.parametrize("visibility", [Visibility.OWN, Visibility.TEAM, Visibility.INBOX])
def test_a_lead_sees_nothing_of_an_inbox_whose_mail_is_not_theirs(
    client: Client, inbox: Inbox, row: Quarantine, visibility: str
) -> None:
    can = seeing(cast.can(), visibility, client)
    for name in ("health", *CONTENT):
        assert can.get(url(name, inbox.pk)).status_code == 404
    assert can.get(url("quarantined", row.pk)).status_code == 404
    assert can.get(url("source", row.pk)).status_code == 404
    for page in (url("quarantine"), f"{url('quarantine')}?inbox={inbox.pk}", url("inboxes")):
        assert inbox.name not in can.get(page).content.decode()


def test_a_lead_who_sits_in_the_inbox_reads_on(client: Client, inbox: Inbox, row: Quarantine) -> None:
    can = seeing(cast.can(), Visibility.INBOX, client)
    Desk.objects.create(inbox=inbox, user=cast.can())
    for name in ("health", *CONTENT):
        assert can.get(url(name, inbox.pk)).status_code == 200
    assert can.get(url("quarantined", row.pk)).status_code == 200
    assert row.get_reason_display() in can.get(url("quarantine")).content.decode()


def test_an_administrator_who_reads_no_mail_still_looks_after_the_machine(
    client: Client, inbox: Inbox, row: Quarantine
) -> None:
    selin = seeing(cast.selin(), Visibility.OWN, client)
    assert inbox.name in selin.get(url("inboxes")).content.decode()
    assert selin.get(url("inbox", inbox.pk)).status_code == 200
    page = selin.get(url("health", inbox.pk))
    assert [figure.url for figure in page.context["figures"] if figure.url] == []
    for name in CONTENT:
        assert selin.get(url(name, inbox.pk)).status_code == 404
    assert selin.get(url("source", row.pk)).status_code == 404
    assert selin.post(url("leave", row.pk)).status_code == 404
    assert selin.post(url("replay", RawItem.objects.get().pk)).status_code == 404
    row.refresh_from_db()
    assert row.released_at is None
