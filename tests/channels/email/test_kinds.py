"""Who is speaking: a person, a machine that answers, a mailing list, a delivery report."""

import pytest

from muhatap.channels.email.parsing import parse
from tests.channels.email.mails import multipart, part, raw


def kind(**headers: str | None) -> str:
    return parse(raw(**headers)).kind


@pytest.mark.parametrize(
    "headers",
    [
        {"auto_submitted": "auto-replied"},
        {"auto_submitted": "Auto-Generated (rejected)"},
        {"auto_submitted": "auto-notified; owner-email=a@ornek.example"},
        {"precedence": "auto_reply"},
        {"x_autoreply": "yes"},
        {"x_autorespond": "1"},
        {"x_auto_response_suppress": "All"},
        {"x_auto_response_suppress": "DR, OOF, AutoReply"},
        {"subject": "Otomatik Yanıt: Siparişiniz"},
        {"subject": "OTOMATİK YANIT: Siparişiniz"},
        {"subject": "Otomatik yanit: Siparisiniz"},
        {"subject": "Ofis dışındayım Re: Siparişiniz"},
        {"subject": "Out of Office: Siparişiniz"},
        {"subject": "Automatic reply: Siparişiniz"},
        {"subject": "Automatische Antwort: Siparişiniz"},
        {"subject": "Abwesenheitsnotiz: Siparişiniz"},
        {"subject": "Réponse automatique : Siparişiniz"},
        {"auto_submitted": "auto-replied", "list_id": "<a.ornek.example>"},
    ],
)
def test_a_machine_that_answers_is_heard_as_one(headers: dict[str, str]):
    assert kind(**headers) == "auto_reply"


@pytest.mark.parametrize(
    "headers",
    [
        {"list_id": "Bahçıvanlar <bahce.ornek.example>"},
        {"list_unsubscribe": "<mailto:cik@ornek.example>"},
        {"precedence": "bulk"},
        {"precedence": "list"},
        {"auto_submitted": "auto-generated", "list_unsubscribe": "<https://ornek.example/cik>"},
    ],
)
def test_a_list_is_a_list(headers: dict[str, str]):
    assert kind(**headers) == "list"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"auto_submitted": "no"},
        {"subject": "Re: Otomatik Yanıt: Siparişiniz"},
        {"subject": "Ynt: Ofis dışında"},
        {"subject": "Otomatik sulama sistemi var mı?"},
        {"subject": "İzinde olan arkadaşınız"},
        {"subject": "Siparişim iletilemedi"},
        {"x_auto_response_suppress": "None"},
        {"return_path": "<ayse.yilmaz@ornek.example>"},
    ],
)
def test_a_person_is_a_person(headers: dict[str, str]):
    assert kind(**headers) == "message"


def test_a_read_receipt_is_no_message():
    mail = multipart(
        part("Okundu."),
        part(
            "Final-Recipient: rfc822; ayse@ornek.example\nDisposition: manual-action/MDN-sent-manually; displayed",
            "message/disposition-notification",
        ),
        kind="report",
        parameters="; report-type=disposition-notification",
    )
    assert parse(mail).kind == "auto_reply"


def test_the_facts_of_machines_are_kept_for_the_loop_guard():
    parsed = parse(raw(auto_submitted="auto-replied", precedence="bulk", return_path="<>", list_id="<a.ornek.example>"))
    assert parsed.automatic == {"auto-submitted": "auto-replied", "precedence": "bulk", "list-id": "<a.ornek.example>"}
    assert (parsed.return_path, parsed.list_id) == ("", "<a.ornek.example>")
