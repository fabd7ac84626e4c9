"""Sources as an administrator sets them up, posts as agents find them, and the door for programs."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from muhatap.accounts.models import AuditEntry
from muhatap.channels.contract import Heard
from muhatap.channels.listening import looking
from muhatap.channels.listening.models import Source
from muhatap.channels.listening.trouble import Trouble
from muhatap.channels.models import Desk, Inbox
from muhatap.conversations.models import Conversation, Message
from muhatap.flow import intake as staircase
from muhatap.flow import listening
from muhatap.interactions.models import Post, RawItem
from muhatap.shared import secrets
from tests import cast
from tests.channels.listening.recorded import FOLDER
from tests.channels.listening.site import Said, Site, site
from tests.flow.conftest import arrive

__all__ = ["site"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def selin(client: Client) -> Client:
    client.force_login(cast.selin())
    return client


def typed(**more: object) -> dict[str, object]:
    return {"name": "Ev Forumu", "opens": "all", "words": "", "is_enabled": "on", "agents": [cast.zeynep().pk], **more}


def hook_inbox(**settings: object) -> Inbox:
    inbox = Inbox.objects.create(
        kind="hook",
        name="Yorumlar",
        public_key="k-1",
        settings={"secret_sealed": secrets.seal("gizli"), **settings},
    )
    Desk.objects.create(inbox=inbox, user=cast.zeynep())
    return inbox


def tell(client: Client, body: Any, **headers: str) -> Any:
    url = reverse("listening-hook", args=["k-1"])
    told = headers or {"Authorization": "Bearer gizli"}
    return client.post(url, json.dumps(body), content_type="application/json", headers=told)


def digest() -> None:
    for number in RawItem.objects.filter(digested_at=None).values_list("pk", flat=True):
        staircase.digest(item_id=number, at=cast.NOW)


def test_a_feed_is_tried_before_it_is_saved(selin: Client, site: Site) -> None:
    site.answers["GET /feed"] = Said(200, (FOLDER / "forum.atom").read_bytes())
    url = reverse("listening:new", args=["rss"])
    tried = selin.post(url, typed(feed_url=f"{site.url}/feed", **{"try": "yes"}))

    assert b"ayse_izmir" in tried.content and b"keten sever" in tried.content
    assert not Inbox.objects.filter(kind="rss").exists()

    saved = selin.post(url, typed(feed_url=f"{site.url}/feed"))
    inbox = Inbox.objects.get(kind="rss")
    assert saved.status_code == 302 and inbox.agents.get() == cast.zeynep()
    assert Source.objects.get(inbox=inbox).next_look_at is not None
    page = selin.get(reverse("listening:source", args=[inbox.pk]))
    assert page.status_code == 200 and f"{site.url}/feed".encode() in page.content


@pytest.mark.parametrize(
    ("kind", "begins_with"), [("rss", "asking"), ("mastodon", "asking"), ("google_reviews", "all"), ("manual", "all")]
)
def test_a_new_source_opens_what_asks_for_somebody_and_every_review_of_ours(
    selin: Client, kind: str, begins_with: str
) -> None:
    form = selin.get(reverse("listening:new", args=[kind])).context["form"]

    assert form["opens"].value() == begins_with


def test_a_source_keeps_what_it_was_set_to(selin: Client) -> None:
    inbox = Inbox.objects.create(kind="rss", name="Forum", settings={"feed_url": "https://a.example/f", "opens": "all"})

    assert selin.get(reverse("listening:source", args=[inbox.pk])).context["form"]["opens"].value() == "all"


def test_a_try_that_fails_says_why_and_keeps_what_was_typed(selin: Client, site: Site) -> None:
    answer = selin.post(reverse("listening:new", args=["rss"]), typed(feed_url=f"{site.url}/nowhere", **{"try": "yes"}))

    assert str(Trouble.GONE.label).encode() in answer.content and b"/nowhere" in answer.content


def test_a_site_that_words_its_notices_in_its_own_way_is_tried_and_read(selin: Client) -> None:
    """The forum's mail stands in the mailbox; who sets the source up sees the post in it, and so is the next one read."""
    box = cast.support_inbox()
    raw = (FOLDER / "notice_table.eml").read_bytes()
    arrive(box, raw, key="n1")
    words = {"label_author": "Rumuz", "label_text": "Yanıt\n", "label_url": "Sayfa"}
    form = typed(mailbox_id=box.pk, senders="noreply@konutforumu.example", site="konutforumu.example", **words)
    url = reverse("listening:new", args=["notice"])
    tried = selin.post(url, {**form, "try": "yes"})

    (shown,) = tried.context["tried"]["posts"]
    assert (shown["author"], shown["text"].split("\n")[-1]) == ("perde_meraklisi", "Değişim için nereye yazmalıyım?")
    assert not Inbox.objects.filter(kind="notice").exists()
    selin.post(url, form)
    inbox = Inbox.objects.get(kind="notice")
    assert inbox.settings["labels"] == {"author": ["Rumuz"], "text": ["Yanıt"], "url": ["Sayfa"]}
    page = selin.get(reverse("listening:source", args=[inbox.pk]))
    assert page.context["form"]["label_author"].value() == "Rumuz"
    arrive(box, raw.replace(b"90417", b"90418"), key="n2")
    digest()
    assert Post.objects.get(inbox=inbox).author == "perde_meraklisi"


def test_a_token_is_sealed_and_never_shown_again(selin: Client, site: Site) -> None:
    form = typed(server=site.url, token="cok-gizli-1", tags="ihlamurev\n")
    selin.post(reverse("listening:new", args=["mastodon"]), form)
    inbox = Inbox.objects.get(kind="mastodon")
    page = selin.get(reverse("listening:source", args=[inbox.pk]))
    selin.post(reverse("listening:source", args=[inbox.pk]), {**form, "token": "", "name": "Mastodon"})

    inbox.refresh_from_db()
    assert "cok-gizli-1" not in json.dumps(inbox.settings) and b"cok-gizli-1" not in page.content
    assert secrets.unseal(inbox.settings["token_sealed"]) == "cok-gizli-1"
    assert (inbox.name, inbox.settings["tags"]) == ("Mastodon", ["ihlamurev"])
    assert not any("cok-gizli" in str(entry.details) for entry in AuditEntry.objects.all())


@pytest.mark.parametrize(
    ("kind", "wrong", "field"),
    [
        ("rss", {"feed_url": "not an address"}, "feed_url"),
        ("notice", {"senders": "merhaba"}, "senders"),
        ("notice", {"label_text": ":"}, "label_text"),
        ("notice", {"label_author": "Yazan", "label_text": "YAZAN:"}, "label_text"),
        ("notice", {"label_url": "Bu yanıtın sitemizde durduğu sayfanın adresi"}, "label_url"),
        ("youtube", {"channel_id": "ihlamur"}, "channel_id"),
        ("google_reviews", {"location": "Karşıyaka"}, "location"),
        ("hook", {"opens": "words"}, "words"),
    ],
)
def test_what_is_filled_in_wrongly_is_told_at_its_field(
    selin: Client, kind: str, wrong: dict[str, str], field: str
) -> None:
    answer = selin.post(reverse("listening:new", args=[kind]), typed(**wrong))

    assert answer.status_code == 422 and field in answer.context["form"].errors


def test_trouble_stands_on_the_page_and_a_look_can_be_asked_for(selin: Client) -> None:
    inbox = Inbox.objects.create(kind="rss", name="Forum", settings={"feed_url": "https://forum.ornek.example/f"})
    looking.went_wrong(
        source=looking.of(inbox),
        trouble=Trouble.AWAY,
        detail="timed out",
        usual=looking.SOONEST,
        wait=None,
        at=cast.NOW,
    )
    page = selin.get(reverse("listening:source", args=[inbox.pk]))
    selin.post(reverse("listening:look", args=[inbox.pk]))

    assert b"timed out" in page.content
    assert Source.objects.get().next_look_at != cast.NOW + looking.SOONEST
    assert AuditEntry.objects.filter(act="source.look").exists()


def test_only_who_knows_the_secret_is_heard(client: Client) -> None:
    hook_inbox()
    post = {"id": "1", "text": "Havlu gelmedi."}

    assert tell(client, post, Authorization="Bearer yanlış".encode().decode("latin-1")).status_code == 401
    assert client.post(reverse("listening-hook", args=["none"])).status_code == 404
    assert tell(client, {"text": "x"}).status_code == 422
    assert tell(client, post).json() == {"success": True, "taken": 1, "new": 1}
    assert tell(client, post).json() == {"success": True, "taken": 1, "new": 0}
    assert tell(client, [post, {**post, "id": "2"}]).json() == {"success": True, "taken": 2, "new": 1}


def test_a_post_only_heard_is_opened_from_the_list(client: Client) -> None:
    inbox = hook_inbox(opens="none")
    tell(client, {"id": "1", "text": "Havlu gelmedi.", "author": {"name": "<b>Elif</b>"}, "url": "https://a.example/1"})
    digest()
    client.force_login(cast.zeynep())
    page = client.get(reverse("posts:heard"))

    assert b"Havlu gelmedi." in page.content and b"<b>Elif" not in page.content
    assert client.get(reverse("posts:heard"), {"inbox": inbox.pk}).context["rows"]
    opened = client.post(reverse("posts:open", args=[Post.objects.get().pk]))
    conversation = Conversation.objects.get()
    assert opened["Location"] == reverse("inbox:conversation", args=[conversation.pk])
    assert not client.get(reverse("posts:heard")).context["rows"]


def test_nobody_sees_posts_of_sources_that_are_not_theirs(client: Client) -> None:
    inbox = hook_inbox(opens="none")
    tell(client, {"id": "1", "text": "Havlu gelmedi."})
    digest()
    Desk.objects.filter(inbox=inbox).delete()
    client.force_login(cast.zeynep())

    assert client.get(reverse("posts:heard")).context["rows"] == []
    assert client.post(reverse("posts:open", args=[Post.objects.get().pk])).status_code == 404


def test_what_was_answered_there_is_noted_from_the_composer(client: Client) -> None:
    hook_inbox()
    tell(client, {"id": "1", "text": "Havlu gelmedi.", "url": "https://a.example/1"})
    digest()
    conversation = Conversation.objects.get()
    client.force_login(cast.zeynep())
    page = client.get(reverse("inbox:conversation", args=[conversation.pk]))
    send, form = reverse("inbox:send", args=[conversation.pk]), {"kind": "reply", "html": "<p>Yolda.</p>"}

    assert b'name="there"' in page.content and b"https://a.example/1" in page.content
    client.post(send, {**form, "there": "javascript:alert(1)"})
    client.post(send, {**form, "html": ""})
    assert not Message.objects.filter(kind="outbound").exists()
    client.post(send, {**form, "there": "https://a.example/1#yanit", "then": "resolve"})
    answer = Message.objects.get(kind="outbound")
    conversation.refresh_from_db()
    assert answer.interaction and answer.interaction.post.url == "https://a.example/1#yanit"
    assert conversation.status == "resolved"


def test_the_composer_says_that_everybody_reads_the_answer(client: Client) -> None:
    inbox = Inbox.objects.create(kind="mastodon", name="Mastodon")
    Desk.objects.create(inbox=inbox, user=cast.zeynep())
    raw = (FOLDER / "mastodon.json").read_bytes()

    for visibility in ("public", "direct"):
        told = {
            **json.loads(raw),
            "visibility": visibility,
            "id": visibility,
            "account": {"acct": visibility, "username": "a"},
        }
        heard = Heard(key=visibility, raw=json.dumps(told).encode(), meta={"server": "s.example"})
        listening.tell(inbox=inbox, heard=[heard], at=cast.NOW)
    digest()
    client.force_login(cast.zeynep())
    pages = {
        conversation.contact.identities.get().value: client.get(
            reverse("inbox:conversation", args=[conversation.pk])
        ).content
        for conversation in Conversation.objects.all()
    }

    assert b"composer-voice only-reply is-public" in pages["mastodon:@public@s.example"]
    assert b"468" in pages["mastodon:@public@s.example"]
    assert b"is-public" not in pages["mastodon:@direct@s.example"]


def test_what_was_heard_is_written_down(client: Client) -> None:
    inbox = Inbox.objects.create(kind="manual", name="Telefon")
    Desk.objects.create(inbox=inbox, user=cast.zeynep())
    client.force_login(cast.zeynep())
    form = {"inbox": inbox.pk, "text": "Faturam yanlış.", "name": "Oğuz Çelik", "place": "Telefon"}
    refused = client.post(reverse("posts:new"), {**form, "url": "ftp://x"})
    client.post(reverse("posts:new"), form)
    digest()

    assert refused.status_code == 422
    assert Conversation.objects.get().contact.name == "Oğuz Çelik"
