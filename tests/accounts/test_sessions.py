"""Where somebody is logged in."""

from datetime import timedelta

import pytest
from django.test import Client

from muhatap.accounts import audit, sessions
from muhatap.accounts.models import AuditEntry
from muhatap.shared import clock
from tests import cast

pytestmark = pytest.mark.django_db


def test_what_ran_out_is_forgotten_and_the_rest_lives_on() -> None:
    zeynep = cast.zeynep()
    clients = [Client(), Client()]
    for client in clients:
        client.post("/login/", {"login": zeynep.email, "password": cast.PASSWORD, "remember": "on"})
    old = clients[0].session
    old.set_expiry(-60)
    old.save()
    sessions.forget_expired(at=clock.now())
    assert [session.session_key for session in sessions.of(zeynep)] == [clients[1].session.session_key]
    assert clients[1].get("/account/").status_code == 200
    sessions.forget_expired(at=clock.now() + timedelta(days=15))
    assert sessions.of(zeynep) == []


def test_ending_all_but_this_one() -> None:
    zeynep = cast.zeynep()
    clients = [Client() for _n in range(3)]
    for client in clients:
        client.post("/login/", {"login": zeynep.email, "password": cast.PASSWORD})
    assert sessions.end(user=zeynep, keep=clients[0].session.session_key) == 2
    assert [client.get("/account/").status_code for client in clients] == [200, 302, 302]


def test_logging_oneself_out_elsewhere_and_its_audit_entry_are_one_act(monkeypatch: pytest.MonkeyPatch) -> None:
    zeynep, client = cast.zeynep(), Client()
    client.post("/login/", {"login": zeynep.email, "password": cast.PASSWORD})

    def fail(**_told: object) -> None:
        raise RuntimeError("the line broke")

    with monkeypatch.context() as patch:
        patch.setattr(audit, "record", fail)
        with pytest.raises(RuntimeError):
            sessions.end_others(user=zeynep, keep=None, at=cast.NOW)
    assert client.get("/account/").status_code == 200
    assert sessions.end_others(user=zeynep, keep=None, at=cast.NOW) == 1
    assert AuditEntry.objects.get(act="session.end").details == {"n": 1}
