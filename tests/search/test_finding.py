"""What is asked for is found: words in every form, filters in both languages, the best first."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from muhatap.accounts.models import Team
from muhatap.channels.contract import Address, FileRef
from muhatap.channels.models import Inbox
from muhatap.contacts.models import Tag
from muhatap.conversations import assigning, closing, noting, tagging
from muhatap.conversations.models import ConversationTag
from muhatap.search import documents, finding, language, meaning
from muhatap.shared import patience
from tests import cast
from tests.search.conftest import TODAY, Find, ask, written

pytestmark = pytest.mark.django_db

LETTER = (
    "Merhaba, geçen hafta aldığım Şile bezi havlunun rengi farklı geldi. Iade etmek istiyorum, IADE koşulları nedir? "
    "Sipariş numaram #10482’dir, fişim MHT-00042. Telefonum 0532 123 41 18, e-postam ayse.yilmaz@ornek.example. "
    "Isparta’daki kitabın ve çok güzel örtünün iadesini de sordum."
)


HOW = [
    "havlu", "HAVLU", "havlunun", "havlular", "sile", "ŞİLE", "Şile bezi", "iade", "İADE", "IADE", "iadesini",
    "isparta", "ISPARTA", "ıspartadaki", "kitap", "kitabı", "koşul", "kosullari", "#10482", "10482", "10482’yi",
    "MHT-00042", "mht 00042", "00042", '"geçen hafta"', '"gecen hafta aldigim"', '"çok güzel"', "cok guzel",
    "0532 123 41 18", "05321234118", "+90 532 123 41 18", "(532) 1234118", "1234118", "123 41 18",
    "ayse.yilmaz@ornek.example", "ayse.yilmaz", "ayşe", "farklı geldi", "geldi -nevresim", "havl*",
    "from:ayşe", "kimden:ayse.yilmaz@ornek.example havlu", 'from:"Ayşe Yılmaz"', "iade ve havlu",
]  # fmt: skip
NOT = [
    "perde", '"hafta geçen"', "havlu -iade", "10483", "MHT-42", "1234119", "0533 123 41 18", "from:mehmet havlu",
    "-from:ayşe havlu", "to:ayşe", "konu:havlu", "var:dosya", "tür:not", "yokböyle",
]  # fmt: skip


def test_one_letter_is_found_however_it_is_asked_for(find: Find) -> None:
    written(LETTER)
    written("Nevresim için teşekkürler.", sender=cast.MEHMET)

    assert [typed for typed in HOW if find(typed) != [LETTER]] == []


def test_what_it_does_not_say_does_not_find_it(find: Find) -> None:
    written(LETTER)

    assert [typed for typed in NOT if find(typed)] == []


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("kargosu", "kargo kargosu kargonun kargolar"),
        ("faturalarımı", "fatura faturalar faturası"),
        ("fatura", "faturası faturalar faturalarımızı faturasını"),
        ("ürünü", "ürün ürünler urun"),
        ("ürün", "ürünleri ürünlerimizi ürünlerden"),
        ("iadesini", "iade iadesi iadeler"),
        ("kitabı", "kitap kitabı kitaplar"),
    ],
)
def test_suffixes_keep_no_word_from_being_found(find: Find, text: str, asked: str) -> None:
    written(text)

    assert [typed for typed in asked.split() if find(typed) != [text]] == []


def test_names_of_files_subjects_and_recipients_are_found(find: Find) -> None:
    file = FileRef(name="fatura-Ekim_2026.pdf", type="application/pdf", size=9, sha256="0" * 64)
    written(
        "ekte", subject="Geciken kargo", files=(file,), cc=(Address(name="Gülşen Işık", email="gulsen@ornek.example"),)
    )

    for typed in (
        "fatura",
        "ekim",
        "has:file",
        "var:dosya fatura",
        "konu:kargo",
        "kargo",
        "gulsen@ornek.example",
        "gülşen",
    ):
        assert find(typed) == ["ekte"], typed


def test_notes_are_found_and_asked_for_apart(find: Find) -> None:
    message = written("Kargo nerede?")
    note = noting.write_note(
        conversation=message.conversation, html="x", text="Kargo firmasını aradım", by=cast.zeynep(), at=cast.NOW
    )
    documents.write(message=note, at=cast.NOW)

    assert find("tür:not kargo") == ["Kargo firmasını aradım"]
    assert find("is:inbound kargo") == ["Kargo nerede?"]
    assert find("from:zeynep kargo") == ["Kargo firmasını aradım"]
    assert find("from:ben kargo", cast.zeynep()) == ["Kargo firmasını aradım"]


def test_filters_ask_the_conversations_row_as_it_is_now(find: Find) -> None:
    first, second = written("kargo bir"), written("kargo iki", sender=cast.MEHMET)
    assigning.assign(conversation=first.conversation, to=cast.zeynep(), by=cast.can(), at=cast.NOW)
    closing.resolve(conversation=second.conversation, by=cast.can(), at=cast.NOW)
    vip = Tag.objects.create(name="VIP müşteri", folded="vip musteri")
    ConversationTag.objects.create(conversation=second.conversation, tag=vip, at=cast.NOW)

    assert find("kargo atanan:zeynep") == ["kargo bir"]
    assert find("kargo assignee:me", cast.zeynep()) == ["kargo bir"]
    assert find("kargo assignee:nobody") == ["kargo iki"]
    assert find("kargo -atanan:kimse") == ["kargo bir"]
    assert find("kargo durum:çözüldü") == find("kargo is:resolved") == ["kargo iki"]
    assert find("kargo -status:resolved") == ["kargo bir"]
    assert find("kargo etiket:vip") == find('kargo tag:"vip müşteri"') == ["kargo iki"]
    assert find("kargo -tag:vip") == ["kargo bir"]
    assert sorted(find("kargo ekip:destek")) == ["kargo bir", "kargo iki"]
    assert find("kargo ekip:yok") == []
    tagging.untag(conversation=second.conversation, tag=vip, by=cast.can(), at=cast.NOW)
    assert find("kargo etiket:vip") == []


def test_inboxes_and_dates_narrow(find: Find) -> None:
    sales = Inbox.objects.create(kind="email", name="satis@ihlamurev.example", address="satis@ihlamurev.example")
    written("kargo bugün")
    written("kargo ekim", sender=cast.MEHMET, at=cast.NOW - timedelta(days=40))
    written("kargo satış", sender=cast.ELIF, inbox=sales)

    assert find("kargo kutu:satis") == ["kargo satış"]
    assert sorted(find("kargo -inbox:satis")) == ["kargo bugün", "kargo ekim"]
    assert find("kargo önce:2026-11-01") == find("kargo gün:2026-10") == find("kargo -sonra:2026-11") == ["kargo ekim"]
    assert sorted(find("kargo sonra:bugün")) == ["kargo bugün", "kargo satış"]
    assert find("kargo önce:dün sonra:dün") == []


def test_filters_alone_list_conversations() -> None:
    message = written("kargo")
    written("iade", sender=cast.MEHMET)
    assigning.assign(conversation=message.conversation, to=cast.zeynep(), by=cast.can(), at=cast.NOW)

    found = ask("atanan:zeynep durum:açık")

    assert [hit.conversation for hit in found.hits] == [message.conversation]
    assert len(ask("durum:açık").hits) == 2
    assert len(ask("-atanan:zeynep").hits) == 1
    assert ask("önce:2026-11-01").hits == []


@pytest.mark.parametrize(
    "typed", ["etiket:yok", "kutu:olmayan kargo", "durum:belki", "var:umut", "kargo atanan:kimsecik"]
)
def test_what_nothing_is_called_finds_nothing_and_says_so(typed: str) -> None:
    written("kargo")
    query = language.parse(typed, today=TODAY)
    meant = meaning.understand(query, user=cast.can())

    assert [hint.kind for hint in meant.hints] == ["unknown_value"]
    assert ask(typed).hits == []


def test_a_conversation_stands_once_with_its_best_message() -> None:
    written("kargo")
    best = written("kargo kargo kargo gelmedi", subject="kargo")
    far = written("kargo", sender=cast.MEHMET, at=cast.NOW - timedelta(days=700))

    found = ask("kargo")

    assert {hit.conversation.pk for hit in found.hits} >= {best.conversation_id, far.conversation_id}
    assert found.hits[0].message == best
    assert found.hits[-1].message == far
    assert len({hit.conversation.pk for hit in found.hits}) == len(found.hits)


def test_months_are_walked_newest_first_until_there_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    for months in range(5):
        written(f"kargo {months}", sender=cast.MEHMET, at=cast.NOW - timedelta(days=31 * months))
    monkeypatch.setattr(finding, "MOST", 2)
    meant = meaning.understand(language.parse("kargo", today=TODAY), user=cast.can())

    newest = finding.candidates(meant, user=cast.can(), most=2)

    assert [one.at for one in newest] == [cast.NOW, cast.NOW - timedelta(days=31)]
    assert len(finding.candidates(meant, user=cast.can(), most=4)) == 4


def test_pages_follow_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "PAGE", 2)
    for number in range(3):
        claim = cast.Claim(kind="email", value=f"k{number}@ornek.example", is_verified=True)
        written("kargo", sender=claim, at=cast.NOW - timedelta(days=number))
    meant = meaning.understand(language.parse("kargo", today=TODAY), user=cast.can())

    first = finding.conversations(meant, user=cast.can(), at=cast.NOW)
    second = finding.conversations(meant, user=cast.can(), at=cast.NOW, page=2)

    assert (len(first.hits), first.has_next, len(second.hits), second.has_next) == (2, True, 1, False)
    assert not {hit.conversation.pk for hit in first.hits} & {hit.conversation.pk for hit in second.hits}


def test_a_question_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "PATIENCE_MS", 1)
    monkeypatch.setattr(finding, "_call", lambda *_: ("select pg_sleep(1)", []))

    with pytest.raises(patience.TookTooLong):
        ask("kargo")
    with connection.cursor() as cursor:
        cursor.execute("select 1")


def test_typing_finds_what_is_only_begun(find: Find, django_assert_num_queries: Any) -> None:
    written("nevresim takımı")
    meant = meaning.understand(language.parse("nev", today=TODAY), user=cast.can(), is_typing=True)

    can = cast.can()
    # What Can sees takes two; then three questions, and the four that bound the time of the first and end it.
    with django_assert_num_queries(2 + 3 + 4):
        assert len(finding.quickly(meant, user=can, at=cast.NOW, limit=6)) == 1
    assert find("nev") == []
    assert find("nev*") == find("nevr") == ["nevresim takımı"]


def test_teams_are_named_by_a_part(find: Find) -> None:
    message = written("kargo")
    team = Team.objects.create(name="Satış Sonrası")
    assigning.hand_to_team(conversation=message.conversation, team=team, by=cast.can(), at=cast.NOW)

    assert find("kargo ekip:sonrasi") == ["kargo"]
