"""Nobody finds what they may not see: every visibility × own and others' × message, note, subject and attachment."""

from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse

from muhatap.accounts.models import Membership, Role, User, Visibility
from muhatap.channels.contract import FileRef
from muhatap.channels.models import Inbox
from muhatap.conversations import assigning, noting, rearranging
from muhatap.conversations.models import Conversation, Message
from muhatap.search import documents
from tests import cast
from tests.search.conftest import Find, written

pytestmark = pytest.mark.django_db

SEEN = {
    Visibility.OWN: {"own"},
    Visibility.TEAM: {"own", "team"},
    Visibility.INBOX: {"own", "team", "inbox"},
    Visibility.ALL: {"own", "team", "inbox", "other"},
}
ASKED = {
    "message": "gizlikelime",
    "note": "saklınot",
    "subject": "konudaki",
    "attachment": "dosyadaki",
    "sender": "from:elif",
}


@dataclass
class World:
    conversations: dict[str, Conversation]

    def names(self, numbers: set[int]) -> set[str]:
        return {name for name, one in self.conversations.items() if one.pk in numbers}


@pytest.fixture
def world() -> World:
    """Zeynep's own conversation, her team's, her inbox's, and one she has nothing to do with."""
    sales = Inbox.objects.create(kind="email", name="satis@ihlamurev.example", address="satis@ihlamurev.example")
    support = cast.support_inbox()
    support.team = None
    support.save()
    Membership.objects.create(team=cast.destek(), user=cast.zeynep())
    found = {}
    for name, inbox in (("own", sales), ("team", sales), ("inbox", support), ("other", sales)):
        claim = cast.Claim(kind="email", value=f"{name}@ornek.example", is_verified=True, name=f"Elif {name}")
        file = FileRef(name=f"dosyadaki {name}.pdf", type="application/pdf", size=9, sha256="0" * 64)
        message = written(f"gizlikelime {name}", sender=claim, inbox=inbox, subject=f"konudaki {name}", files=(file,))
        note = noting.write_note(
            conversation=message.conversation, html="x", text=f"saklınot {name}", by=cast.can(), at=cast.NOW
        )
        documents.write(message=note, at=cast.NOW)
        found[name] = message.conversation
    assigning.assign(conversation=found["own"], to=cast.zeynep(), by=cast.can(), at=cast.NOW)
    assigning.hand_to_team(conversation=found["team"], team=cast.destek(), by=cast.can(), at=cast.NOW)
    return World(found)


def zeynep(visibility: str) -> User:
    user = cast.zeynep()
    user.visibility, user.role = visibility, Role.AGENT
    user.save()
    return user


@pytest.mark.parametrize("visibility", SEEN)
def test_everybody_finds_what_their_visibility_says(world: World, client: Client, visibility: Visibility) -> None:
    client.force_login(zeynep(visibility))
    hidden = set(world.conversations) - SEEN[visibility]

    for what, typed in ASKED.items():
        for tab in ("", "files"):
            page = client.get(reverse("search:results"), {"q": typed, "tab": tab}).content.decode()
            found = {name for name, one in world.conversations.items() if f"/inbox/{one.pk}/" in page}
            may_find = SEEN[visibility] if tab == "" or what in ("attachment", "sender") else set()
            assert found == may_find, (what, tab)
            assert not [name for name in hidden if f"{name}.pdf" in page or f"konudaki</mark> {name}" in page]
        palette = client.get(reverse("search:palette"), {"q": typed}).content.decode()
        assert {name for name, one in world.conversations.items() if f"/inbox/{one.pk}/" in palette} == SEEN[visibility]


def test_somebody_who_left_finds_nothing(world: World, find: Find) -> None:
    user = zeynep(Visibility.ALL)
    user.is_active = False

    assert find("gizlikelime", user) == []


def test_a_mention_lets_one_find_that_conversation(world: World, find: Find) -> None:
    user = zeynep(Visibility.OWN)
    note = noting.write_note(
        conversation=world.conversations["other"], html="x", text="@Zeynep bakar mısın?", by=cast.can(), at=cast.NOW
    )
    documents.write(message=note, at=cast.NOW)

    assert sorted(find("gizlikelime", user)) == ["gizlikelime other", "gizlikelime own"]


def test_what_was_moved_is_not_found_by_those_who_saw_it_before(world: World, find: Find) -> None:
    user = zeynep(Visibility.OWN)
    own, other = world.conversations["own"], world.conversations["other"]
    message = own.messages.get(text="gizlikelime own")

    done = rearranging.move(conversation=own, message_ids=[message.pk], target=other, by=cast.can(), at=cast.NOW)
    assert find("gizlikelime", user) == []
    assert "gizlikelime own" in find("gizlikelime own", cast.can())

    rearranging.undo(rearrangement=done, by=cast.can(), at=cast.NOW)
    assert find("gizlikelime", user) == ["gizlikelime own"]


def test_a_document_that_says_the_wrong_place_leads_nowhere(world: World, find: Find) -> None:
    """Even if a trigger were missing: the rows' own word is final."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "update search_document set conversation_id = %s, inbox_id = %s where conversation_id = %s",
            [world.conversations["own"].pk, world.conversations["own"].inbox_id, world.conversations["other"].pk],
        )

    assert find("gizlikelime", zeynep(Visibility.OWN)) == ["gizlikelime own"]


def test_what_was_taken_back_or_merged_is_found_where_it_is(world: World, find: Find) -> None:
    other, own = world.conversations["other"], world.conversations["own"]
    Message.objects.get(text="gizlikelime other").delete()
    assert "gizlikelime other" not in find("gizlikelime")

    rearranging.merge(conversation=world.conversations["team"], target=own, by=cast.can(), at=cast.NOW)

    assert find("gizlikelime team", zeynep(Visibility.OWN)) == ["gizlikelime team"]
    assert other.pk
