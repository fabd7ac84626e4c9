"""The everyday API keeps what its OpenAPI description promises, whatever it is asked."""

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, settings
from jsonschema_rs import meta
from schemathesis.checks import CHECKS

from muhatap.api.everyday import api
from muhatap.shared.limits import BUCKETS
from tests import cast
from tests.api.program import Program, program
from tests.conversations.conftest import arrival

KEPT = ["not_a_server_error", "content_type_conformance", "response_schema_conformance", "status_code_conformance"]
HOSTILE = ["", "null", "[]", '{"name": 1e400}', '{"name": "\\ud800"}', "[" * 2000, '{"status": -1}', "\x00", "ı" * 3000]
VALUES = ["\x00", "\ud800", "ı" * 400, 10**400, -1, None, [], {}, "9999-12-31T23:59:59-23:59"]
SCHEMA = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app=get_wsgi_application())


@pytest.fixture
def _connection_stays() -> Iterator[None]:
    """What Django's own test client does: the handler must not close the connection that the test's transaction is on."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def shop(_connection_stays: None) -> Program:
    arrival(cast.mail(id="<1@ornek.example>"))
    return program(cast.deniz())


def test_the_description_is_valid_openapi_31() -> None:
    told = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    assert told["openapi"].startswith("3.1")
    for name, shape in told["components"]["schemas"].items():
        assert meta.is_valid(shape), name
    ids = [one["operationId"] for operations in told["paths"].values() for one in operations.values()]
    assert len(ids) == len(set(ids))
    for operations in told["paths"].values():
        for one in operations.values():
            assert (
                one["summary"] and one["security"] and {"401", "403", "429"} <= {str(each) for each in one["responses"]}
            )
            told_of = [content for each in one["responses"].values() for content in each.get("content", {})]
            assert "application/problem+json" in told_of


@SCHEMA.parametrize()
@pytest.mark.django_db
@settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
def test_it_answers_as_described_whatever_is_asked(case: Any, shop: Program) -> None:
    BUCKETS.forget()
    response = case.call(headers={"Authorization": f"Bearer {shop.token}", "Accept-Encoding": "identity"})
    case.validate_response(response, checks=CHECKS.get_by_names(KEPT))


@pytest.mark.django_db
def test_hostile_bodies_are_refused_as_problems(shop: Program) -> None:
    for path, method, body in product(
        ("/contacts", "/contacts/1", "/conversations/1/messages", "/tags"), ("POST", "PATCH"), HOSTILE
    ):
        BUCKETS.forget()
        answer = shop.raw(method, path, body.encode("utf-8", "replace"))
        assert answer.status_code < 500, (path, method, body)
        is_problem = answer.headers.get("Content-Type") == "application/problem+json"
        assert answer.status_code < 400 or answer.status_code == 405 or is_problem


@pytest.mark.django_db
def test_a_hostile_value_anywhere_is_answered(shop: Program) -> None:
    shapes: dict[str, list[str]] = {
        "/contacts": ["name", "phone", "language", "fields"],
        "/conversations": ["inbox_id", "contact", "subject", "html", "to"],
        "/tags": ["name"],
        "/conversations/1/snooze": ["until"],
        "/conversations/1/messages": ["text", "files", "seen_message_id"],
        "/contacts/1/identities": ["value"],
    }
    good = {"inbox_id": 1, "subject": "x", "text": "x", "kind": "email", "value": "a@b.example", "name": "x"}
    for path, names in shapes.items():
        for name, value in product(names, VALUES):
            BUCKETS.forget()
            answer = shop.post(path, good | {name: value} if path != "/tags" else {name: value})
            assert answer.status_code < 500, (path, name, value)


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["limit=0", "limit=x", "limit=101", "updated_since=x", "status=x", "inbox_id=" + "9" * 40,
                                   "tag=%00", "updated_since=0001-01-01T00:00:00%2B14:00", "unassigned=perhaps"])  # fmt: skip
def test_any_query_is_answered(query: str) -> None:
    shop = program(cast.deniz())
    answer = shop.get(f"/conversations?{query}")
    assert answer.status_code in (200, 422)
    assert answer.status_code == 200 or answer.json()["errors"][0]["pointer"] == f"?{query.partition('=')[0]}"


@pytest.mark.django_db
def test_another_method_is_told_so() -> None:
    shop = program(cast.deniz())
    assert shop.raw("PUT", "/tags", b"{}").status_code == 405
    assert Client().options("/api/v1/tags").status_code in (401, 405)
