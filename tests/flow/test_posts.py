"""What becomes of posts: a feed's complaint is a conversation that is answered there; changes and deletions follow."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from muhatap.accounts.models import AuditEntry
from muhatap.assistant.models import Asking
from muhatap.automation import opening
from muhatap.channels.contract import Heard
from muhatap.channels.hook import adapter as hook
from muhatap.channels.listening import looking
from muhatap.channels.listening.models import Source
from muhatap.channels.listening.trouble import Trouble
from muhatap.channels.models import Inbox
from muhatap.contacts import identity
from muhatap.contacts.models import Contact
from muhatap.conversations.models import Conversation, Message
from muhatap.flow import cases, listening, posts, reply, understanding
from muhatap.flow import intake as staircase
from muhatap.interactions import posts as heard_posts
from muhatap.interactions.models import Interaction, Post, Quarantine, RawItem
from muhatap.shared import secrets
from muhatap.understanding.models import Reading
from tests import cast
from tests.channels.listening.recorded import FOLDER
from tests.channels.listening.site import Said, Site, of_json, site
from tests.flow.conftest import arrive, letter

__all__ = ["site"]
pytestmark = pytest.mark.django_db


def source(kind: str, **settings: object) -> Inbox:
    """A source where every post becomes a conversation, unless it is set otherwise."""
    return Inbox.objects.create(kind=kind, name=f"Dinleme {kind}", settings={"opens": "all", **settings})


def told(inbox: Inbox, **post: Any) -> Post | None:
    """A program tells us of a post, and it is taken in."""
    body: dict[str, Any] = {
        "id": "1",
        "text": "Havlu gelmedi.",
        "author": {"name": "Elif"},
        "at": "2026-11-21T10:00:00Z",
    } | post
    at = post.pop("received_at", cast.NOW)
    body.pop("received_at", None)
    take(inbox, hook.posts(json.dumps(body).encode()), at=at)
    return Post.objects.filter(interaction__external_id=body["id"]).first()


def take(inbox: Inbox, heard: tuple[Heard, ...], *, at: datetime) -> None:
    listening.tell(inbox=inbox, heard=heard, at=at)
    digest()


def digest() -> None:
    for number in RawItem.objects.filter(digested_at=None).order_by("id").values_list("pk", flat=True):
        staircase.digest(item_id=number, at=cast.NOW)


def conversation_of(post: Post | None) -> Conversation:
    assert post is not None
    return Message.objects.select_related("conversation").get(interaction=post.interaction).conversation


def test_a_complaint_in_a_forum_is_heard_opened_and_answered_there(site: Site) -> None:
    """Thin through every floor: feed, raw item, contact, conversation, and what was answered where it stands."""
    site.answers["GET /feed"] = Said(200, (FOLDER / "forum.atom").read_bytes(), {"ETag": '"1"'})
    forum = source("rss", feed_url=f"{site.url}/feed")
    looking.begin(inbox=forum, at=cast.NOW)

    listening.begin_due(at=cast.NOW)
    listening.look(inbox_id=forum.pk, at=cast.NOW)
    digest()

    first = Conversation.objects.get(subject="Ihlamur Ev siparişim iki haftadır gelmedi")
    assert (first.contact.name, first.status, first.waiting_since is not None) == ("ayse_izmir", "open", True)
    assert first.contact.identities.get().kind == "handle"
    row = Source.objects.get(inbox=forum)
    assert (row.n_new, row.trouble, row.mark["etag"]) == (2, "", '"1"') and row.next_look_at > cast.NOW
    assert Interaction.objects.filter(inbox=forum, reading__isnull=False).count() == 2
    with pytest.raises(reply.OverLimit):
        reply.send(conversation=first, answer=reply.Answer(html="<p>Merhaba</p>"), by=cast.zeynep(), at=cast.NOW)

    where = "https://forum.ornek.example/konu/312#post-4820"
    message = posts.answered_there(
        conversation=first, html="<p>Kargonuz yarın çıkıyor.</p>", url=where, by=cast.zeynep(), at=cast.NOW
    )

    first.refresh_from_db()
    assert (first.status, first.waiting_since) == ("waiting", None)
    assert message.interaction is not None and message.interaction.post.url == where
    assert not message.interaction.outgoing.exists()


def test_looking_again_brings_nothing_twice(site: Site) -> None:
    site.answers["GET /feed"] = Said(200, (FOLDER / "forum.atom").read_bytes())
    forum = source("rss", feed_url=f"{site.url}/feed")
    for _turn in range(2):
        listening.look(inbox_id=forum.pk, at=cast.NOW)
        digest()

    assert (RawItem.objects.count(), Message.objects.filter(kind="inbound").count()) == (2, 2)
    assert Source.objects.get().n_new == 0


def test_a_source_in_trouble_waits_longer_each_time_and_says_why(site: Site) -> None:
    forum = source("rss", feed_url=f"{site.url}/gone", every_minutes=10)
    pauses = []
    for _turn in range(3):
        listening.look(inbox_id=forum.pk, at=cast.NOW)
        row = Source.objects.get()
        assert row.next_look_at and row.looked_at
        pauses.append((row.next_look_at - row.looked_at) // timedelta(minutes=1))

    assert pauses == [10, 20, 40]
    assert (row.trouble, row.n_failures, row.trouble_since is not None) == (Trouble.GONE, 3, True)
    site.answers["GET /gone"] = Said(429, headers={"Retry-After": "7200"})
    listening.look(inbox_id=forum.pk, at=cast.NOW)
    row = Source.objects.get()
    assert row.trouble == Trouble.BUSY and row.next_look_at - row.looked_at == timedelta(hours=2)


def test_a_source_is_due_once_until_its_look_is_over() -> None:
    looking.begin(inbox=source("rss"), at=cast.NOW)

    assert len(looking.take_due(at=cast.NOW)) == 1
    assert looking.take_due(at=cast.NOW) == []
    assert len(looking.take_due(at=cast.NOW + looking.TAKES)) == 1  # whoever took it died


def test_two_of_one_name_are_two_people() -> None:
    yorumlar = source("hook")
    first, second = told(yorumlar, id="1"), told(yorumlar, id="2")

    assert first and second and first.interaction.contact_id != second.interaction.contact_id
    assert (
        not Contact.objects.get(pk=first.interaction.contact_id).identities.filter(verified_at__isnull=False).exists()
    )


def test_one_account_is_one_person_whatever_it_is_called() -> None:
    yorumlar = source("hook")
    first = told(yorumlar, id="1", author={"id": "uye-7", "name": "Elif"}, service="forum")
    second = told(yorumlar, id="2", author={"id": "uye-7", "name": "Elif Ş."}, service="forum")
    other = told(yorumlar, id="3", author={"id": "uye-7", "name": "Elif"}, service="baska")

    assert first and second and other
    assert first.interaction.contact_id == second.interaction.contact_id != other.interaction.contact_id


def test_a_customer_of_that_name_is_not_taken_for_them() -> None:
    elif_ = identity.resolve(claims=[cast.ELIF], source="email", at=cast.NOW)
    post = told(source("hook"), author={"name": "Elif Şahin"})

    assert post and post.interaction.contact != elif_


@pytest.mark.parametrize(
    ("set_to", "text", "is_opened"),
    [
        ({"opens": "all"}, "Kumaşı güzelmiş.", True),
        ({"opens": "none"}, "Havlu gelmedi!", False),
        ({"opens": "words", "words": ["İADE", "kargo"]}, "kargolar ne zaman?", True),
        ({"opens": "words", "words": ["İADE", "kargo"]}, "iade istiyorum", True),
        ({"opens": "words", "words": ["İADE", "kargo"]}, "ambargo kalktı", False),
        ({"opens": "asking"}, "İki haftadır siparişim gelmedi, rezalet, param iade edilsin.", True),
        ({"opens": "asking"}, "Çok teşekkürler, harika bir kumaş, çok memnun kaldık, ellerinize sağlık.", False),
    ],
)
def test_what_becomes_a_conversation_is_set_for_each_source(set_to: dict[str, Any], text: str, is_opened: bool) -> None:
    post = told(source("hook", **set_to), text=text)

    assert post and bool(post.opened_at) == is_opened == Message.objects.filter(kind="inbound").exists()


@pytest.mark.parametrize(
    ("text", "is_opened"), [("Siparişim gelmedi, rezalet.", True), ("Harika bir kumaş, çok memnun kaldık.", False)]
)
def test_a_source_that_says_nothing_of_it_opens_what_asks_for_somebody(text: str, is_opened: bool) -> None:
    forum = Inbox.objects.create(kind="hook", name="Yorumlar")

    post = told(forum, text=text)

    assert post and bool(post.opened_at) == is_opened


def test_few_stars_are_heard_also_without_words() -> None:
    post = told(source("hook", opens="asking"), text="…", title="★", rating=1)

    assert post and post.opened_at and post.rating == 1


def test_a_post_that_was_only_heard_can_be_opened_once() -> None:
    yorumlar = source("hook", opens="none")
    post = told(yorumlar)
    assert post and list(heard_posts.heard([yorumlar])) == [post]

    first = posts.open_conversation(post=post, by=cast.zeynep(), at=cast.NOW)
    second = posts.open_conversation(post=post, by=cast.can(), at=cast.NOW)

    assert first == second and Message.objects.filter(kind="inbound").count() == 1
    assert not heard_posts.heard([yorumlar]).exists()


def test_a_reply_of_the_same_person_goes_on_with_their_conversation() -> None:
    yorumlar = source("hook", opens="words", words=["gelmedi"])
    author = {"id": "uye-7", "name": "Elif"}
    first = told(yorumlar, id="1", author=author)
    answer = told(yorumlar, id="2", author=author, text="Ses yok hâlâ.", answers="1", at="2026-11-21T11:00:00Z")
    stranger = told(yorumlar, id="3", author={"id": "uye-8"}, text="Bende de öyle.", answers="1")

    assert conversation_of(first) == conversation_of(answer)
    assert stranger and stranger.opened_at is None


def test_newer_words_stand_and_older_ones_that_come_late_change_nothing() -> None:
    yorumlar = source("hook")
    post = told(yorumlar, text="Gelmedi.", edited_at="2026-11-21T10:00:00Z")
    told(yorumlar, text="Bugün geldi, teşekkürler.", edited_at="2026-11-21T12:00:00Z")
    told(yorumlar, text="Gelmedi!!", edited_at="2026-11-21T11:00:00Z")

    assert post
    post.refresh_from_db()
    message = Message.objects.get(interaction=post.interaction)
    assert post.text == message.text == "Bugün geldi, teşekkürler." and post.edited_at
    assert [event.event for event in Message.objects.filter(kind="event")] == ["post_changed"]
    assert Interaction.objects.count() == 1 and not Quarantine.objects.exists()


def test_what_its_author_deleted_is_nowhere_any_more() -> None:
    yorumlar = source("hook")
    post = told(yorumlar, text="Adım Elif, numaram 0532 123 41 18", author={"name": "Elif Gizli"}, title="Gizli başlık")
    conversation = conversation_of(post)

    told(yorumlar, deleted=True, text="")

    assert post
    post.refresh_from_db()
    conversation.refresh_from_db()
    message = Message.objects.get(interaction=post.interaction)
    assert post.erased_at and (post.text, post.author, post.interaction.excerpt) == ("", "", "")
    assert "0532" not in f"{message.text}{message.html}{conversation.preview}{conversation.subject}"
    assert message.sender == {"name": "", "email": ""} and conversation.subject == ""
    assert not any(b"0532" in bytes(item.raw) for item in RawItem.objects.all())
    assert not hasattr(Interaction.objects.get(pk=post.interaction_id), "reading")
    assert "Elif" not in f"{conversation.contact.name}{conversation.search_text}"
    told(yorumlar, text="Adım Elif, numaram 0532 123 41 18")
    assert Post.objects.get(pk=post.pk).text == ""


def test_its_conversation_says_what_it_says_now_and_our_own_words_in_its_place_are_nobodys() -> None:
    yorumlar = source("hook")
    conversation = conversation_of(told(yorumlar, text="Kargom hâlâ gelmedi, rezalet."))
    message = Message.objects.get(kind="inbound")
    understanding.follow(message=message, at=cast.NOW)
    conversation.refresh_from_db()
    assert conversation.said_kind == "complaint"

    told(yorumlar, text="Bugün geldi, çok teşekkür ederim, harikasınız.", edited_at="2026-11-21T12:00:00Z")
    conversation.refresh_from_db()
    assert conversation.said_kind == "praise"

    told(yorumlar, deleted=True, text="")
    message.refresh_from_db()
    understanding.follow(message=message, at=cast.NOW)  # as whatever follows from an entry that changed
    conversation.refresh_from_db()
    assert conversation.said_kind == "" and not Reading.objects.exists()


def test_what_was_asked_of_the_assistant_about_it_is_forgotten_too() -> None:
    yorumlar = source("hook")
    conversation = conversation_of(told(yorumlar, text="Kapım köşedeki yeşil olan."))
    row = Asking.objects.create(
        task="summary", conversation_id=conversation.pk, by=cast.zeynep(), state="answered", prepared_at=cast.NOW,
        sent_at=cast.NOW, text="Kapım köşedeki yeşil olan.", answer="Yeşil kapı", given_sealed="x",
    )  # fmt: skip

    told(yorumlar, deleted=True, text="")

    row.refresh_from_db()
    assert (row.text, row.answer, row.given_sealed) == ("", "", "") and row.forgotten_at


def test_of_whom_nothing_else_was_heard_nothing_is_kept() -> None:
    yorumlar, author = source("hook", opens="none"), {"id": "uye-7", "name": "Elif Gizli"}
    first, second = told(yorumlar, id="1", author=author), told(yorumlar, id="2", author=author)
    told(yorumlar, id="1", deleted=True)
    assert first and second and Contact.objects.get().name == "Elif Gizli"

    told(yorumlar, id="2", deleted=True)

    assert not Contact.objects.exists()
    assert Post.objects.filter(erased_at__isnull=False, interaction__contact=None).count() == 2


def test_a_deletion_of_what_we_never_heard_is_nothing() -> None:
    told(source("hook"), deleted=True)

    assert not Post.objects.exists() and not Quarantine.objects.exists()


def test_what_was_deleted_before_we_heard_of_it_is_not_kept() -> None:
    yorumlar = source("hook")
    told(yorumlar, deleted=True)
    told(yorumlar, text="Adım Elif, numaram 0532 123 41 18")
    told(yorumlar, id="2", text="Bu başka.")

    assert [post.text for post in Post.objects.all()] == ["Bu başka."]
    assert not any(b"0532" in bytes(item.raw) for item in RawItem.objects.all())


def test_words_that_come_after_the_deletion_are_not_kept_either() -> None:
    yorumlar = source("hook")
    told(yorumlar)
    told(yorumlar, deleted=True, text="Numaram 0532 123 41 18")
    told(yorumlar, text="Numaram 0533 123 41 18", edited_at="2026-11-21T12:00:00Z")

    assert not any(bytes(item.raw) for item in RawItem.objects.all())
    assert RawItem.objects.filter(digested_at=None).count() == 0


def test_a_case_forgets_the_words_of_a_deleted_post() -> None:
    yorumlar = source("hook")
    post = told(yorumlar, title="Elif Gizli'nin havlusu")
    conversation = conversation_of(post)
    case = cases.open_from(conversation=conversation, told=opening.Told(), by=cast.zeynep(), at=cast.NOW)
    assert case.title == "Elif Gizli'nin havlusu"

    told(yorumlar, deleted=True)

    case.refresh_from_db()
    assert not AuditEntry.objects.filter(object_name__contains="Gizli").exists()
    assert case.entry and "Gizli" not in f"{case.title}{case.entry.title}{case.entry.excerpt}"
    told_of_it = Message.objects.get(conversation=conversation, event="case_opened")
    assert told_of_it.event_details["what"] == case.title and told_of_it.event_details["case"] == case.pk


def test_a_case_that_staff_named_otherwise_after_a_later_letter_keeps_its_name() -> None:
    yorumlar, author = source("hook"), {"id": "uye-7", "name": "Elif"}
    first = told(yorumlar, id="1", title="Havlu gelmedi", author=author)
    told(yorumlar, id="2", text="Ses yok hâlâ.", answers="1", author=author, at="2026-11-21T11:00:00Z")
    conversation = conversation_of(first)
    named = cases.open_from(conversation=conversation, told=opening.Told(title="Kargo"), by=cast.zeynep(), at=cast.NOW)

    told(yorumlar, id="1", deleted=True)

    named.refresh_from_db()
    assert named.title == "Kargo"


def test_a_post_that_its_author_turns_into_a_complaint_becomes_a_conversation() -> None:
    yorumlar = source("hook", opens="words", words=["gelmedi"])
    post = told(yorumlar, text="Kumaşı güzelmiş.")
    assert post and post.opened_at is None

    told(yorumlar, text="Havlu gelmedi!", edited_at="2026-11-21T12:00:00Z")
    told(yorumlar, text="Havlu hâlâ gelmedi!", edited_at="2026-11-21T13:00:00Z")

    message = Message.objects.get(kind="inbound")
    assert message.text == "Havlu hâlâ gelmedi!" and message.at.hour == 12
    assert Post.objects.get().opened_at == cast.NOW


def toots(site: Site, *numbers: str) -> Inbox:
    """A Mastodon source that has brought these posts."""
    status = json.loads((FOLDER / "mastodon.json").read_bytes())
    server = source("mastodon", server=site.url, token_sealed=secrets.seal("t"))
    for number in numbers:
        post = {**status, "id": number, "edited_at": None}
        site.answers[f"GET /api/v1/statuses/{number}"] = of_json(post)
        take(server, (Heard(key=f"{number}:", raw=json.dumps(post).encode()),), at=cast.NOW)
    return server


def recheck(hours: int) -> set[str]:
    """Ask what became of them; gives the numbers of those that are erased by then."""
    listening.recheck_all(at=cast.NOW + timedelta(hours=hours))
    digest()
    return set(Post.objects.filter(erased_at__isnull=False).values_list("interaction__external_id", flat=True))


def test_a_post_that_is_missing_once_is_not_erased(site: Site) -> None:
    server = toots(site, "1", "2", "3")
    shown = site.answers.pop("GET /api/v1/statuses/2")
    assert recheck(6) == set()
    assert recheck(7) == set()  # the same bad hour

    site.answers["GET /api/v1/statuses/2"] = shown
    assert recheck(12) == set()
    del site.answers["GET /api/v1/statuses/2"]
    assert recheck(18) == set()
    looking.went_well(
        source=looking.of(server), mark={"mentions": "3"}, n_new=0, usual=timedelta(), wait=None, at=cast.NOW
    )
    assert recheck(24) == {"2"}
    row = Source.objects.get()
    assert row.mark == looking.mark_of(row) == {"mentions": "3"}


def test_when_most_posts_are_missing_the_source_is_in_trouble_and_nothing_is_erased(site: Site) -> None:
    toots(site, "1", "2", "3", "4")
    for number in ("1", "2", "3"):
        del site.answers[f"GET /api/v1/statuses/{number}"]

    assert recheck(6) == recheck(12) == set()
    assert (Source.objects.get().trouble, Source.objects.get().trouble_detail) == (Trouble.GONE, "3/4")


def test_a_source_that_breaks_keeps_no_other_from_its_recheck(site: Site) -> None:
    first = toots(site, "1")
    site.answers["GET /api/v1/statuses/1"] = of_json(["no object"])
    second = Inbox.objects.create(kind="mastodon", name="İkinci", settings=first.settings)
    post = {**json.loads((FOLDER / "mastodon.json").read_bytes()), "id": "2"}
    take(second, (Heard(key="2:", raw=json.dumps(post).encode()),), at=cast.NOW)

    assert recheck(6) == recheck(9) - {"2"} == set()
    assert Post.objects.get(inbox=second).erased_at


def test_an_unreadable_post_is_set_aside_and_the_next_goes_on() -> None:
    yorumlar = source("hook")
    told(yorumlar, text="")
    told(yorumlar, id="2")

    assert Quarantine.objects.get().reason == "unreadable" and Post.objects.count() == 1


def test_what_is_written_down_stands_with_the_customer_whose_address_is_known() -> None:
    ayse = identity.resolve(claims=[cast.AYSE], source="email", at=cast.NOW)
    told_by_phone = {"name": "Ayşe", "phone": "", "title": "", "place": "Telefon", "url": "", "text": "Faturam yanlış."}
    notes = source("manual")
    for is_sure in (True, False):
        listening.write_down(
            inbox=notes, by=cast.zeynep(), at=cast.NOW, email=cast.AYSE.value, is_sure=is_sure, **told_by_phone
        )
    digest()

    contacts = [conversation.contact for conversation in Conversation.objects.order_by("id")]
    assert contacts[0] == ayse and contacts[1] != ayse
    assert Conversation.objects.order_by("id")[0].subject == "Telefon"


def test_a_notice_by_mail_is_a_post_and_nobodys_letter(inbox: Inbox) -> None:
    notices = source("notice", mailbox_id=inbox.pk, senders=["@sikayet.ornek.example"], site="sikayet.ornek.example")
    text = (
        "Merhaba,\n\nŞikâyet No: 445566\nYazan: Fatih Ö.\nBaşlık: İade param yatmadı\nŞikâyet: Param hâlâ yatmadı.\n\n"
        "https://sikayet.ornek.example/sikayet/445566?kaynak=mail\n"
    )
    raw = letter(text=text, sender="Şikayet <bildirim@sikayet.ornek.example>", id="<n1@sikayet.ornek.example>")
    item = arrive(inbox, raw)
    digest()

    post = Post.objects.get(inbox=notices)
    assert (post.author, post.url) == ("Fatih Ö.", "https://sikayet.ornek.example/sikayet/445566?kaynak=mail")
    assert item.digested_at and not Message.objects.filter(inbox=inbox).exists()
    assert not Contact.objects.filter(email="bildirim@sikayet.ornek.example").exists()
    arrive(inbox, letter())
    assert Message.objects.filter(inbox=inbox, kind="inbound").count() == 1


def test_a_try_shows_posts_and_keeps_nothing(site: Site) -> None:
    site.answers["GET /feed"] = Said(200, (FOLDER / "forum.atom").read_bytes())
    tried = listening.attempt("rss", {"feed_url": f"{site.url}/feed", "since": "2027-01-01"}, at=cast.NOW)

    assert [post.sender.name for post in tried.posts] == ["keten sever", "ayse_izmir"]
    assert not RawItem.objects.exists()
    assert listening.attempt("rss", {"feed_url": f"{site.url}/x"}, at=cast.NOW).trouble == Trouble.GONE
