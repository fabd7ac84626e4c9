"""Inboxes as an administrator sets them up, tries them and watches them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from muhatap.accounts.models import AuditEntry, User
from muhatap.channels.email import mailbox, oauth
from muhatap.channels.email.models import Errand, Grant, Mailbox
from muhatap.channels.email.trouble import Trouble
from muhatap.channels.models import Inbox
from muhatap.conversations.models import Message
from muhatap.flow import replay, replay_span
from muhatap.flow.mailboxes import Reader
from muhatap.interactions import intake
from muhatap.interactions.models import Quarantine, RawItem
from muhatap.shared import clock, jobs, secrets
from tests import cast
from tests.flow.conftest import arrive, letter, message_of
from tests.servers import HOST, PASSWORD, ImapServer, SmtpServer, settings_for

pytestmark = pytest.mark.django_db
DESTEK = "destek@ihlamurev.example"


def as_(user: User, client: Client) -> Client:
    client.force_login(user)
    return client


@pytest.fixture
def selin(client: Client) -> Client:
    """The administrator at her desk."""
    return as_(cast.selin(), client)


def url(name: str, *args: object) -> str:
    return reverse(f"settings:{name}", args=args)


def typed(imap: ImapServer | None = None, smtp: SmtpServer | None = None, **more: object) -> dict[str, object]:
    """What Selin types into the form."""
    form: dict[str, object] = {
        "name": "Destek",
        "address": DESTEK,
        "preset": "own",
        "auth": "password",
        "imap_host": HOST,
        "imap_port": imap.port if imap else 143,
        "imap_security": "plain",
        "imap_password": PASSWORD,
        "folder": "INBOX",
        "smtp_host": HOST,
        "smtp_port": smtp.port if smtp else 25,
        "smtp_security": "plain",
        "smtp_login": "none",
        "verify_certificate": "on",
        "quote_original": "on",
        "is_enabled": "on",
        "reopen_days": "30",
        "max_mb": "50",
        "max_send_mb": "20",
    }
    return form | more


class TestSettingUp:
    def test_an_inbox_is_made_with_its_password_sealed_and_its_agents_seated(self, selin: Client) -> None:
        zeynep = cast.zeynep()
        answer = selin.post(url("new_inbox"), typed(agents=[zeynep.pk], team=cast.destek().pk))
        inbox = Inbox.objects.get()
        assert answer.headers["Location"] == url("health", inbox.pk)
        assert secrets.unseal(inbox.settings["imap_password_sealed"]) == PASSWORD
        assert PASSWORD not in str(inbox.settings)
        assert list(inbox.agents.all()) == [zeynep]
        assert inbox.settings["imap_user"] == DESTEK

    def test_the_audit_tells_what_changed_and_no_secret(self, selin: Client) -> None:
        selin.post(url("new_inbox"), typed())
        entry = AuditEntry.objects.get(act="inbox.create")
        assert "imap_password_sealed" in entry.details["changed"]
        assert PASSWORD not in str(entry.details)

    def test_an_empty_password_keeps_the_stored_one_which_is_never_shown(self, selin: Client) -> None:
        selin.post(url("new_inbox"), typed())
        inbox = Inbox.objects.get()
        page = selin.get(url("inbox", inbox.pk)).content.decode()
        assert PASSWORD not in page
        assert inbox.settings["imap_password_sealed"] not in page
        selin.post(url("inbox", inbox.pk), typed(imap_password="", sender_name="Ihlamur Ev", language="en"))
        inbox.refresh_from_db()
        assert secrets.unseal(inbox.settings["imap_password_sealed"]) == PASSWORD
        assert (inbox.settings["sender_name"], inbox.settings["language"]) == ("Ihlamur Ev", "en")

    @pytest.mark.parametrize(
        ("preset", "imap", "smtp"),
        [
            ("google", "imap.gmail.com:993:ssl", "smtp.gmail.com:465:ssl"),
            ("microsoft", "outlook.office365.com:993:ssl", "smtp.office365.com:587:starttls"),
            ("yandex", "imap.yandex.com.tr:993:ssl", "smtp.yandex.com.tr:465:ssl"),
        ],
    )
    def test_a_provider_fills_in_what_was_left_empty(self, selin: Client, preset: str, imap: str, smtp: str) -> None:
        empty = dict.fromkeys(("imap_host", "imap_port", "smtp_host", "smtp_port"), "")
        selin.post(url("new_inbox"), typed(preset=preset, smtp_login="same", **empty))
        held = Inbox.objects.get().settings
        assert f"{held['imap_host']}:{held['imap_port']}:{held['imap_security']}" == imap
        assert f"{held['smtp_host']}:{held['smtp_port']}:{held['smtp_security']}" == smtp
        assert held["smtp_user"] == DESTEK

    @pytest.mark.parametrize(
        "wrong",
        [
            {"name": ""},
            {"address": "destek"},
            {"address": "destek+x@ihlamurev.example"},
            {"imap_host": ""},
            {"imap_host": "mail example"},
            {"smtp_port": "99999"},
            {"max_mb": "0"},
            {"fetch_since": "dün"},
            {"team": "999"},
            {"agents": ["999"]},
            {"preset": "yandex", "auth": "google"},
        ],
        ids=str,
    )
    def test_what_is_wrong_is_told_and_what_was_typed_stays(self, selin: Client, wrong: dict[str, object]) -> None:
        answer = selin.post(url("new_inbox"), typed(sender_name="Ihlamur Ev müşteri hizmetleri") | wrong)
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "Ihlamur Ev müşteri hizmetleri" in page
        assert PASSWORD in page
        assert not Inbox.objects.exists()

    def test_two_inboxes_cannot_have_one_name(self, selin: Client) -> None:
        selin.post(url("new_inbox"), typed())
        assert selin.post(url("new_inbox"), typed()).status_code == 422
        assert Inbox.objects.count() == 1

    def test_only_administrators_set_up_and_leads_may_look(self, client: Client) -> None:
        inbox = cast.support_inbox()
        for user, may_look, may_edit in ((cast.can(), 200, 403), (cast.zeynep(), 403, 403), (cast.deniz(), 200, 200)):
            as_(user, client)
            assert client.get(url("health", inbox.pk)).status_code == may_look
            assert client.get(url("inbox", inbox.pk)).status_code == may_edit
            assert client.get(url("new_inbox")).status_code == may_edit


class TestTrying:
    def test_both_connections_are_tried_and_nothing_is_saved(
        self, selin: Client, imap_server: ImapServer, lone_smtp: SmtpServer
    ) -> None:
        imap_server.add(DESTEK)
        imap_server.deliver(DESTEK, b"Subject: 1\r\n\r\n1\r\n")
        page = selin.post(url("new_inbox"), typed(imap_server, lone_smtp, **{"try": "yes"})).content.decode()
        assert page.count("is-late") == 0
        assert not Inbox.objects.exists()
        assert lone_smtp.accepted == []

    def test_what_does_not_work_is_told_in_words_and_what_was_typed_stays(
        self, selin: Client, imap_server: ImapServer, lone_smtp: SmtpServer
    ) -> None:
        imap_server.add(DESTEK, "another")
        answer = selin.post(
            url("new_inbox"), typed(imap_server, lone_smtp, smtp_port=1, sender_name="Ihlamur Ev", **{"try": "yes"})
        )
        page = answer.content.decode()
        assert str(Trouble.LOGIN.label) in page.replace("&#x27;", "'")
        assert str(Trouble.REFUSED.label) in page
        assert "Ihlamur Ev" in page


class TestHealth:
    @pytest.fixture
    def inbox(self, imap_server: ImapServer) -> Inbox:
        imap_server.add(DESTEK)
        for n in range(3):
            imap_server.deliver(DESTEK, letter(id=f"<{n}@ornek.example>"))
        inbox = cast.support_inbox(**settings_for(imap_server, None, DESTEK))
        reader = Reader(inbox)
        with reader.connected() as session:
            reader.fetch_new(session)
            reader.check(session)
        mailbox.went_well(mailbox=reader.mailbox, at=clock.now())
        return inbox

    def test_it_shows_how_far_and_how_much(self, selin: Client, inbox: Inbox) -> None:
        page = selin.get(url("health", inbox.pk))
        figures = [figure.value for figure in page.context["figures"]]
        assert figures[2:6] == ["3", "3", "3", "0"]
        assert str(Mailbox.objects.get().cursor) in figures

    def test_every_number_that_has_rows_leads_to_them(self, selin: Client, inbox: Inbox) -> None:
        page = selin.get(url("health", inbox.pk))
        urls = [figure.url for figure in page.context["figures"] if figure.url]
        assert len(urls) == 7
        for each in urls:
            assert selin.get(each).status_code == 200

    def test_trouble_stands_at_the_top_in_words(self, selin: Client, inbox: Inbox) -> None:
        mailbox.went_wrong(
            mailbox=Mailbox.objects.get(), trouble=Trouble.LOGIN, detail="AUTHENTICATIONFAILED", at=clock.now()
        )
        page = selin.get(url("health", inbox.pk)).content.decode()
        assert str(Trouble.LOGIN.label) in page
        assert "AUTHENTICATIONFAILED" in page
        assert str(Trouble.LOGIN.label) in selin.get(url("inboxes")).content.decode()

    def test_a_gap_shows_with_its_button(self, selin: Client, inbox: Inbox) -> None:
        Mailbox.objects.update(n_here=1, missing=[102, 103])
        page = selin.get(url("health", inbox.pk)).content.decode()
        assert 'value="missing"' in page
        selin.post(url("fetch", inbox.pk), {"kind": "missing"})
        assert Errand.objects.get().kind == "missing"

    def test_fetching_older_mail_needs_a_day(self, selin: Client, inbox: Inbox) -> None:
        for day in ("", "yarın", "0001-01-01", "2026-13-45"):
            selin.post(url("fetch", inbox.pk), {"kind": "backfill", "since_on": day})
        assert not Errand.objects.exists()
        selin.post(url("fetch", inbox.pk), {"kind": "backfill", "since_on": "2026-01-01"})
        assert str(Errand.objects.get().since_on) == "2026-01-01"
        assert selin.get(url("health", inbox.pk)).context["is_busy"]
        selin.post(url("stop_fetching", inbox.pk))
        assert AuditEntry.objects.get(act="mailbox.stop").by_name == "Selin Ak"
        assert not selin.get(url("health", inbox.pk)).context["is_busy"]

    def test_a_lead_looks_and_presses_nothing(self, client: Client, inbox: Inbox) -> None:
        as_(cast.can(), client)
        assert 'name="kind"' not in client.get(url("health", inbox.pk)).content.decode()
        assert client.post(url("fetch", inbox.pk), {"kind": "fetch"}).status_code == 403

    def test_it_refreshes_in_place(self, selin: Client, inbox: Inbox) -> None:
        part = selin.get(url("health", inbox.pk), headers={"HX-Request": "true"}).content.decode()
        assert part.strip().startswith('<div id="health"')

    def test_a_chat_inbox_has_a_page_without_mailbox(self, selin: Client) -> None:
        assert selin.get(url("health", cast.chat_inbox().pk)).status_code == 200

    def test_rows_go_on_page_by_page(self, selin: Client, inbox: Inbox) -> None:
        for n in range(70):
            intake.accept(inbox=inbox, dedupe_key=str(n), raw=b"x", meta={}, at=cast.NOW - timedelta(minutes=n // 3))
        seen: list[int] = []
        page = selin.get(url("items", inbox.pk))
        while True:
            seen += [line["item"].pk for line in page.context["lines"]]
            if not page.context["pages"].next_url:
                break
            page = selin.get(url("items", inbox.pk) + page.context["pages"].next_url)
        assert len(seen) == len(set(seen)) == 73


class TestQuarantine:
    @pytest.fixture
    def row(self) -> Quarantine:
        item = intake.accept(
            inbox=cast.support_inbox(),
            dedupe_key="1",
            raw=letter() + b"<script>alert(1)</script>\x00",
            meta={},
            at=cast.NOW,
        )
        intake.quarantine(item_id=item.item_id, reason="fault", detail="ValueError: <b>bozuk</b>", at=cast.NOW)
        return Quarantine.objects.get()

    def test_it_stands_in_the_list_of_all_and_of_its_inbox(self, selin: Client, row: Quarantine) -> None:
        for query in ("", f"?inbox={row.item.inbox_id}"):
            assert url("quarantined", row.pk) in selin.get(url("quarantine") + query).content.decode()
        other = cast.chat_inbox()
        assert url("quarantined", row.pk) not in selin.get(f"{url('quarantine')}?inbox={other.pk}").content.decode()
        assert selin.get(f"{url('quarantine')}?inbox=²&before=x").status_code == 200

    def test_its_source_is_shown_as_text_and_never_run(self, selin: Client, row: Quarantine) -> None:
        page = selin.get(url("quarantined", row.pk)).content.decode()
        assert "&lt;script&gt;alert(1)" in page
        assert "<b>bozuk" not in page
        download = selin.get(url("source", row.pk))
        assert download.headers["Content-Type"] == "application/octet-stream"
        assert "attachment" in download.headers["Content-Disposition"]
        assert download.content == bytes(row.item.raw)

    def test_it_can_be_tried_again(self, selin: Client, row: Quarantine) -> None:
        selin.post(url("retry", row.pk))
        row.refresh_from_db()
        assert row.outcome == "retried"

    def test_it_can_be_left_out_and_keeps_its_source(self, selin: Client, row: Quarantine) -> None:
        selin.post(url("leave", row.pk))
        row.refresh_from_db()
        assert row.outcome == "left_out"
        assert bytes(RawItem.objects.get().raw)
        assert selin.get(url("quarantined", row.pk)).status_code == 200

    def test_the_rest_of_a_too_large_one_is_left_to_the_fetching_process(self, selin: Client, row: Quarantine) -> None:
        RawItem.objects.update(meta={"is_head_only": True, "uid": 1, "uid_validity": 1})
        selin.post(url("retry", row.pk))
        assert Errand.objects.get(done_at=None).kind == "whole"
        assert Quarantine.objects.filter(released_at=None).exists()

    def test_a_lead_sees_it_and_an_agent_does_not(self, client: Client, row: Quarantine) -> None:
        as_(cast.can(), client)
        assert client.get(url("quarantined", row.pk)).status_code == 200
        assert client.post(url("retry", row.pk)).status_code == 403
        as_(cast.zeynep(), client)
        assert client.get(url("quarantine")).status_code == 403


def test_an_item_can_be_read_again_and_its_message_follows(selin: Client) -> None:
    item = arrive(cast.support_inbox(), letter(text="Eski okuma."))
    message = message_of(item)
    message.text = "yanlış okunmuş"
    message.save()
    selin.post(url("replay", item.pk))
    message.refresh_from_db()
    assert "Eski okuma." in message.text
    assert AuditEntry.objects.filter(act="intake.replay").exists()


class TestReadingASpanAgain:
    @pytest.fixture
    def inbox(self) -> Inbox:
        inbox = cast.support_inbox()
        for n in range(3):
            item = arrive(inbox, letter(id=f"<{n}@ornek.example>"))
            RawItem.objects.filter(pk=item.pk).update(received_at=cast.NOW + timedelta(hours=n))
        Message.objects.update(text="yanlış okunmuş")
        return inbox

    def test_exactly_what_came_in_then_is_queued_told_and_read_by_the_jobs(
        self, selin: Client, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        queued: list[dict[str, Any]] = []
        monkeypatch.setattr(jobs, "queue", lambda task, **told: queued.append({"task": task, **told}))
        asked = {"since": "2026-11-21T14:32", "until": "2026-11-21T16:32"}  # Istanbul: NOW, and two hours later
        page = selin.post(url("replay_span", inbox.pk), asked, follow=True).content.decode()

        wanted = list(RawItem.objects.order_by("received_at").values_list("pk", flat=True)[:2])
        by_id = cast.selin().pk
        assert queued == [{"task": "replay", "queue": "care", "item_ids": wanted, "by_id": by_id}]
        assert "2 kayıt" in page or "2 items" in page
        assert AuditEntry.objects.get(act="intake.replay").details["n_items"] == 2
        for _twice in range(2):
            replay_span.run(item_ids=wanted, by_id=by_id, at=cast.NOW)
        assert Message.objects.filter(text__contains="Siparişim gelmedi").count() == 2
        assert Message.objects.filter(text="yanlış okunmuş").count() == 1

    def test_one_that_fails_keeps_no_other_from_its_turn(self, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
        first, *_rest = ids = list(RawItem.objects.order_by("id").values_list("pk", flat=True))
        reread = replay.one

        def fails_first(*, item: RawItem, **told: Any) -> None:
            if item.pk == first:
                raise ValueError("bozuk")
            reread(item=item, **told)

        monkeypatch.setattr(replay, "one", fails_first)
        replay_span.run(item_ids=ids, by_id=cast.selin().pk, at=cast.NOW)
        assert Message.objects.filter(text__contains="Siparişim gelmedi").count() == 2

    @pytest.mark.parametrize(
        ("since", "until"), [("", ""), ("dün", "2026-11-21T14:32"), ("2026-11-21T16:32", "2026-11-21T14:32")]
    )
    def test_a_span_that_is_none_is_refused_and_stays_typed(
        self, selin: Client, inbox: Inbox, since: str, until: str
    ) -> None:
        answer = selin.post(url("replay_span", inbox.pk), {"since": since, "until": until})
        assert answer.status_code == 422
        assert f'value="{until}"' in answer.content.decode() or not until
        assert not AuditEntry.objects.filter(act="intake.replay").exists()

    def test_a_lead_has_no_such_button(self, client: Client, inbox: Inbox) -> None:
        as_(cast.can(), client)
        assert url("replay_span", inbox.pk) not in client.get(url("items", inbox.pk)).content.decode()
        assert client.post(url("replay_span", inbox.pk), {}).status_code == 403


class TestConnecting:
    @pytest.fixture
    def inbox(self) -> Inbox:
        return cast.support_inbox(auth="google")

    def test_the_owner_is_sent_to_the_provider_by_a_link_with_a_state(self, selin: Client, inbox: Inbox) -> None:
        page = selin.post(
            url("connect", inbox.pk), {"client_id": "kimlik", "client_secret": "çok gizli"}
        ).content.decode()
        assert "https://accounts.google.com/" in page
        assert secrets.unseal(Grant.objects.get().client_secret_sealed) == "çok gizli"
        entry = AuditEntry.objects.get(act="inbox.register")
        assert "client_secret_sealed" in entry.details["changed"] and "gizli" not in str(entry.details)
        assert selin.session["oauth_asked"]["state"] in page

    def test_an_answer_to_a_question_nobody_asked_is_refused(self, selin: Client, inbox: Inbox) -> None:
        Grant.objects.create(inbox=inbox, provider="google", client_id="kimlik")
        for query in ("", "?state=&code=1", "?state=x&code=1"):
            assert selin.get(url("connected") + query).headers["Location"] == url("inboxes")

    def test_the_answer_becomes_a_grant(self, selin: Client, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
        selin.post(url("connect", inbox.pk), {"client_id": "kimlik"})
        asked = selin.session["oauth_asked"]

        def ask(grant: Grant, fields: dict[str, str]) -> dict[str, str]:
            assert fields["code_verifier"] == asked["verifier"]
            return {"access_token": "a", "refresh_token": "r"}

        monkeypatch.setattr(oauth, "_ask", ask)
        selin.get(f"{url('connected')}?state={asked['state']}&code=kod")
        assert secrets.unseal(Grant.objects.get().refresh_token_sealed) == "r"

    def test_a_no_is_told(self, selin: Client, inbox: Inbox) -> None:
        selin.post(url("connect", inbox.pk), {"client_id": "kimlik"})
        state = selin.session["oauth_asked"]["state"]
        assert selin.get(f"{url('connected')}?state={state}&error=access_denied").headers["Location"] == url(
            "connect", inbox.pk
        )


@pytest.mark.parametrize("language", ["tr", "en"])
def test_no_page_has_inline_script_or_style(selin: Client, language: str) -> None:
    inbox = cast.support_inbox()
    for name, args in (
        ("inboxes", ()),
        ("new_inbox", ()),
        ("inbox", (inbox.pk,)),
        ("health", (inbox.pk,)),
        ("quarantine", ()),
    ):
        page = selin.get(url(name, *args), headers={"Accept-Language": language}).content.decode()
        assert not re.search(r"<script(?![^>]*src)|style=|onclick=", page)
