import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from muhatap.accounts.models import Role, User, Visibility
from muhatap.channels.contract import Receipt
from muhatap.channels.models import Desk, Inbox
from muhatap.conversations import assigning, lists
from muhatap.conversations.models import Conversation, Draft, Message
from muhatap.interactions import outbox
from muhatap.interactions.models import Outgoing
from tests import cast
from tests.conversations.conftest import arrival

pytestmark = pytest.mark.django_db


@pytest.fixture
def ayses_letter() -> Message:
    return arrival(cast.mail(id="<ayse-1@ornek.example>"))


@pytest.fixture
def zeynep(client: Client) -> Client:
    return logged_in(client, cast.zeynep())


def logged_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def url(name: str, *args: object) -> str:
    return reverse(f"inbox:{name}", args=args)


def typed(**more: str) -> dict[str, str]:
    return {
        "kind": "reply",
        "html": "<p>Yola çıktı.</p>",
        "to": "Ayşe Yılmaz <ayse.yilmaz@ornek.example>",
        "cc": "",
        "bcc": "",
        "seen": "999999",
    } | more


def test_the_inbox_shows_who_wrote_and_what(zeynep: Client, ayses_letter: Message) -> None:
    page = zeynep.get(url("list")).content.decode()

    assert "Ayşe Yılmaz" in page and "Siparişim gelmedi." in page


def test_an_opened_conversation_is_seen(zeynep: Client, ayses_letter: Message) -> None:
    assert "is-unread" in zeynep.get(url("view", "all")).content.decode()

    page = zeynep.get(url("conversation", ayses_letter.conversation_id)).content.decode()

    assert "Siparişim gelmedi." in page and "destek@ihlamurev.example" in page
    assert "is-unread" not in zeynep.get(url("view", "all")).content.decode()


def test_opening_a_row_brings_only_the_panes(zeynep: Client, ayses_letter: Message) -> None:
    answer = zeynep.get(
        url("conversation", ayses_letter.conversation_id), headers={"HX-Request": "true"}
    ).content.decode()

    assert "<html" not in answer and 'id="composer"' in answer and 'id="card"' in answer


def test_an_answer_is_queued_and_can_be_taken_back(zeynep: Client, ayses_letter: Message) -> None:
    answer = zeynep.post(url("send", ayses_letter.conversation_id), typed()).content.decode()

    message = Message.objects.get(kind="outbound")
    assert message.to == [{"email": "ayse.yilmaz@ornek.example", "name": "Ayşe Yılmaz"}]
    assert url("take_back", message.pk) in answer
    assert Outgoing.objects.get().state == Outgoing.State.QUEUED
    again = zeynep.post(url("take_back", message.pk)).content.decode()
    assert "Yola çıktı." in again and not Message.objects.filter(kind="outbound").exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"to": "ayse ornek"}, "ayse ornek"),
        ({"to": ""}, ""),
        ({"html": "<p></p>"}, ""),
        ({"to": "a@b.example, bozuk@"}, "bozuk@"),
    ],
)
def test_whatever_is_wrong_what_was_typed_stays(
    zeynep: Client, ayses_letter: Message, wrong: dict[str, str], said: str
) -> None:
    given = typed(**wrong)

    answer = zeynep.post(url("send", ayses_letter.conversation_id), given).content.decode()

    assert 'role="alert"' in answer and said in answer
    assert given["html"] in answer
    assert not Outgoing.objects.exists()


def test_a_send_is_held_when_they_wrote_again_and_the_draft_is_kept(zeynep: Client, ayses_letter: Message) -> None:
    arrival(cast.mail(id="<2@x>", text="Bir de bu akşam evde değilim.", references=("<ayse-1@ornek.example>",)))

    answer = zeynep.post(url("send", ayses_letter.conversation_id), typed(seen=str(ayses_letter.pk))).content.decode()

    assert "is-held" in answer and "Yola çıktı." in answer
    assert Draft.objects.get().html == "<p>Yola çıktı.</p>"
    assert (
        zeynep.post(
            url("send", ayses_letter.conversation_id), typed(seen=str(ayses_letter.pk), anyway="yes")
        ).status_code
        == 200
    )
    assert Outgoing.objects.count() == 1


def test_a_draft_is_kept_and_comes_back(zeynep: Client, ayses_letter: Message) -> None:
    zeynep.post(url("draft", ayses_letter.conversation_id), typed(html="<p>Yarım kal</p>"))

    assert "<p>Yarım kal</p>" in zeynep.get(url("conversation", ayses_letter.conversation_id)).content.decode()
    assert "Yarım kal" in zeynep.get(url("view", "drafts")).content.decode()


def test_a_note_calls_a_colleague_and_never_leaves(zeynep: Client, ayses_letter: Message) -> None:
    can = cast.can()
    zeynep.post(url("send", ayses_letter.conversation_id), typed(kind="note", html="<p>@Can bakar mısın?</p>"))

    assert Message.objects.get(kind="note").mentions.get().user == can
    assert not Outgoing.objects.exists()


def test_a_mention_counts_until_it_is_read(client: Client, zeynep: Client, ayses_letter: Message) -> None:
    can = cast.can()
    zeynep.post(url("send", ayses_letter.conversation_id), typed(kind="note", html="<p>@Can bakar mısın?</p>"))
    assert lists.counts(can)["mentions"] == 1

    logged_in(Client(), can).get(url("conversation", ayses_letter.conversation_id))

    assert lists.counts(can)["mentions"] == 0


def test_a_file_goes_with_the_draft_and_a_too_large_one_is_refused(
    zeynep: Client, ayses_letter: Message, settings: object
) -> None:
    settings.MAX_UPLOAD_BYTES = 20  # type: ignore[attr-defined]
    number = ayses_letter.conversation_id

    kept = zeynep.post(url("upload", number), {"file": SimpleUploadedFile("fatura.pdf", b"%PDF-1.4 fatura")})
    refused = zeynep.post(url("upload", number), {"file": SimpleUploadedFile("film.mp4", b"x" * 21)})

    assert "fatura.pdf" in kept.content.decode() and "film.mp4" not in refused.content.decode()
    assert "film.mp4" in json.loads(refused["HX-Trigger"])["muhatap:problem"]["text"]
    assert [file["type"] for file in Draft.objects.get().files] == ["application/pdf"]


@pytest.mark.parametrize(("act", "status"), [("resolve", "resolved"), ("spam", "spam")])
def test_putting_away_and_opening_again(zeynep: Client, ayses_letter: Message, act: str, status: str) -> None:
    number = ayses_letter.conversation_id

    zeynep.post(url(act, number))
    assert Conversation.objects.get().status == status
    zeynep.post(url("reopen", number))
    assert Conversation.objects.get().status == "open"


@pytest.mark.parametrize("typed", ["", "  ", "x" * 61])
def test_a_tag_that_is_none_is_refused_in_words(zeynep: Client, ayses_letter: Message, typed: str) -> None:
    answer = zeynep.post(url("tag", ayses_letter.conversation_id), {"name": typed}).content.decode()

    assert 'class="toast"' in answer and not Conversation.objects.get().tags.exists()


def test_snoozing_assigning_and_tagging(zeynep: Client, ayses_letter: Message) -> None:
    number = ayses_letter.conversation_id

    zeynep.post(url("assign", number) + f"?to=user:{cast.zeynep().pk}")
    zeynep.post(url("tag", number), {"name": "  kargo   gecikmesi "})
    zeynep.post(url("snooze", number) + "?until=tomorrow")

    conversation = Conversation.objects.get()
    assert (conversation.assignee, conversation.status) == (cast.zeynep(), "snoozed")
    assert [tag.name for tag in conversation.tags.all()] == ["kargo gecikmesi"]


def test_what_one_does_not_see_is_not_there_at_all(client: Client, ayses_letter: Message) -> None:
    outsider = cast.staff("yeni@ihlamurev.example", "Yeni Biri", Role.AGENT, Visibility.OWN)
    number = ayses_letter.conversation_id
    names = ["conversation", "thread", "earlier", "card", "send", "draft", "resolve", "upload", "tag", "snooze"]

    answers = {name: logged_in(client, outsider).post(url(name, number)).status_code for name in names}

    assert set(answers.values()) == {404}


def test_an_attachment_is_only_for_those_who_see_the_conversation_and_is_never_run(
    zeynep: Client, client: Client
) -> None:
    from muhatap.channels.contract import FileRef
    from muhatap.shared import files

    sha256, size = files.store_bytes(b"<script>alert(1)</script>")
    file = FileRef(name="sayfa.html", type="text/html", size=size, sha256=sha256)
    letter = arrival(cast.mail(id="<3@x>", files=(file,)))
    address = url("file", letter.attachments.get().pk)

    answer = zeynep.get(address)

    assert answer["Content-Type"] == "application/octet-stream" and "sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Disposition"].startswith("attachment")
    outsider = cast.staff("yeni@ihlamurev.example", "Yeni Biri", Role.AGENT, Visibility.OWN)
    assert logged_in(Client(), outsider).get(address).status_code == 404


def test_an_analyst_reads_but_does_not_answer(client: Client, ayses_letter: Message) -> None:
    ece = logged_in(client, cast.ece())

    assert 'id="composer"' not in ece.get(url("conversation", ayses_letter.conversation_id)).content.decode()
    assert ece.post(url("send", ayses_letter.conversation_id), typed()).status_code == 403


def test_hostile_input_is_refused_without_a_fault(zeynep: Client, ayses_letter: Message) -> None:
    number = ayses_letter.conversation_id
    for name, query in [
        ("rows", "?selected=9e9"),
        ("more", "?before=~"),
        ("more", "?before=2026-01-01~1"),
        ("view", "?q=%00%f0"),
    ]:
        assert zeynep.get(url(name, "all") + query).status_code in (200, 404), (name, query)
    assert zeynep.get(url("earlier", number) + "?before=99999999999999999999").status_code == 404
    assert zeynep.get(url("view", "team:99999999999999999999")).status_code == 404
    assert zeynep.post(url("assign", number) + "?to=user:²").status_code == 404
    assert zeynep.post(url("tag", number), {"name": "\u0307"}).status_code == 200
    assert zeynep.post(url("merge", number), {"target": str(number)}).status_code == 302
    refused = zeynep.post(url("contact_note", number), {"text": "x" * 10_001})
    assert 'role="alert"' in refused.content.decode() and "x" * 10_001 in refused.content.decode()
    assert zeynep.get(url("images", 99)).status_code == 404
    assert zeynep.post(url("send", number), typed(seen="²", answers="-1", html="\x00<p>a</p>")).status_code == 200


def test_a_list_costs_the_same_number_of_questions_however_long(
    zeynep: Client, django_assert_max_num_queries: object
) -> None:
    for n in range(30):
        letter = arrival(cast.mail(id=f"<{n}@x>", subject=f"Konu {n}"))
        assigning.assign(conversation=letter.conversation, to=cast.zeynep(), by=cast.can(), at=cast.NOW)

    with django_assert_max_num_queries(30):  # type: ignore[operator]
        zeynep.get(url("view", "mine"))


def test_an_inbox_that_nobody_gave_one_is_not_in_the_side_bar(zeynep: Client, ayses_letter: Message) -> None:
    Inbox.objects.create(kind="email", name="yonetim@ihlamurev.example", address="yonetim@ihlamurev.example")

    page = zeynep.get(url("list")).content.decode()

    assert "yonetim@" not in page and Desk.objects.get().inbox.name in page


def test_writing_first_begins_a_thread_and_the_answer_will_join_it(zeynep: Client, ayses_letter: Message) -> None:
    address = url("new", ayses_letter.contact_id)
    inbox = cast.support_inbox()
    words = {
        "inbox": inbox.pk,
        "to": "ayse.yilmaz@ornek.example",
        "subject": "Kumaş örneği",
        "text": "Merhaba\n\nYolladık.",
    }

    refused = zeynep.post(address, words | {"to": "bozuk@"}).content.decode()
    zeynep.post(address, words)

    assert "Yolladık." in refused and "bozuk@" in refused
    ours = Message.objects.get(kind="outbound")
    assert (ours.conversation.subject, ours.conversation.assignee) == ("Kumaş örneği", cast.zeynep())
    answer = arrival(cast.mail(id="<n@x>", subject="YNT: Kumaş örneği", references=(ours.external_id,)))
    assert answer.conversation_id == ours.conversation_id


def test_the_thread_says_whom_an_answer_did_not_reach(zeynep: Client, ayses_letter: Message) -> None:
    zeynep.post(url("send", ayses_letter.conversation_id), typed())
    outgoing = Outgoing.objects.get()
    missed = Receipt(state="accepted", detail="Not taken for: x@y.example", refused=("x@y.example",))
    outbox.handing(outgoing.pk, at=cast.NOW)
    outbox.conclude(outgoing=outgoing, receipt=missed, at=cast.NOW)

    assert "Not taken for: x@y.example" in zeynep.get(url("thread", ayses_letter.conversation_id)).content.decode()
