"""Whatever a machine sends, it gets an answer that is described, and never a fault of ours."""

import json
import uuid
from itertools import product
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.test import Client
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS

from muhatap.api.chat import api
from muhatap.shared.limits import BUCKETS
from tests import cast

HOSTILE = ["", "null", "[]", '{"id": 1e400}', '{"text": "\\ud800"}', "[" * 2000, '{"after": -1}', "\x00", "ı" * 3000]


SCHEMA = schemathesis.openapi.from_wsgi("/chat/v1/openapi.json", app=get_wsgi_application())


@pytest.fixture
def token() -> str:
    """A visitor's token, to get past the door with."""
    cast.chat_inbox()
    BUCKETS.forget()
    started = Client().post("/chat/v1/sessions", {"inbox": "ihlamur-ev"}, content_type="application/json")
    return str(started.json()["token"])


@SCHEMA.parametrize()
@pytest.mark.django_db(transaction=True)  # the WSGI handler ends its requests by closing connections
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
def test_no_endpoint_breaks_on_anything_its_description_allows_or_forbids(case: Any, token: str) -> None:
    BUCKETS.forget()
    for shown in (token, "made up"):
        response = case.call(headers={"Authorization": f"Bearer {shown}"})
        case.validate_response(response, checks=CHECKS.get_by_names(["not_a_server_error", "content_type_conformance"]))


@pytest.mark.django_db
@pytest.mark.parametrize("path", sorted(api.get_openapi_schema()["paths"]))
def test_hostile_bodies_are_refused_in_json(token: str, path: str) -> None:
    for method, body in product(("GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"), HOSTILE):
        BUCKETS.forget()
        answer = Client().generic(
            method,
            path.replace("{key}", "%00").replace("{ticket}", "x:y"),
            body.encode("utf-8", "replace"),
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}", "Origin": "null"},
        )
        assert answer.status_code < 500
        assert answer.status_code < 400 or answer.headers["Content-Type"].startswith("application/json")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "value", ["\x00", "\ud800", "", " ", "ı" * 40, "x" * 41, 10**400, -1, None, True, [], {}, 1e308]
)
@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("messages", {"text": "x", "files": ["value"]}),
        ("messages", {"text": "value"}),
        ("details", {"name": "value", "email": "value"}),
        ("read", {"delivered": "value", "read": "value"}),
        ("sessions", {"inbox": "value", "token": "value", "jwt": "value", "lang": "value"}),
        ("sessions", {"inbox": "ihlamur-ev", "page": {"url": "value", "title": "value"}}),
    ],
)
def test_a_hostile_value_anywhere_is_answered(token: str, path: str, shape: dict[str, Any], value: object) -> None:
    sent = json.dumps({"id": str(uuid.uuid4()), **shape}).replace('"value"', json.dumps(value))
    answer = Client().post(
        f"/chat/v1/{path}", sent, content_type="application/json", headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code < 500


@pytest.mark.django_db
@pytest.mark.parametrize("after", ["-1", "9" * 30, "x", "1e3", "%00", "", "9007199254740992"])
def test_any_cursor_is_answered(token: str, after: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    assert Client().get(f"/chat/v1/messages?after={after}", headers=headers).status_code in (200, 422)


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["Bearer", "Bearer \x00", "Basic x", "Bearer " + "ı" * 500, "Bearer a b c"])
def test_any_token_is_answered(token: str, header: str) -> None:
    sent = {"id": str(uuid.uuid4()), "text": "x"}
    answer = Client().post(
        "/chat/v1/messages", sent, content_type="application/json", headers={"Authorization": header}
    )
    assert answer.status_code == 401
