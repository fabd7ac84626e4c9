"""The API's reference, read from its own description: what stands here is what the API does."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import resolve

from muhatap.web.common.doors import needs

DESCRIPTION_AT = "/api/v1/openapi.json"  # areas and doors meet by address
METHODS = ("get", "post", "patch", "delete")


@dataclass(frozen=True, kw_only=True)
class Field:
    name: str
    kind: str
    is_required: bool
    text: list[tuple[str, bool]]


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    id: str
    method: str
    path: str
    summary: str
    text: list[tuple[str, bool]]
    scope: str
    query: tuple[Field, ...]
    body: tuple[Field, ...]
    answer: str


@dataclass(frozen=True, kw_only=True)
class Shape:
    name: str
    text: list[tuple[str, bool]]
    fields: tuple[Field, ...]


@needs("developer.read")
def show(request: HttpRequest) -> HttpResponse:
    found = resolve(DESCRIPTION_AT)
    told = json.loads(found.func(request, **found.kwargs).content)
    shapes = told["components"]["schemas"]
    page = {
        "about": _marked(told["info"]["description"]),
        "groups": _groups(told["paths"], shapes),
        "shapes": [_shape(name, shape, shapes) for name, shape in sorted(shapes.items()) if _is_answer(name)],
        "description_url": DESCRIPTION_AT,
    }
    return render(request, "developer/reference.html", page)


def _groups(paths: dict[str, Any], shapes: dict[str, Any]) -> list[tuple[str, list[Endpoint]]]:
    groups: dict[str, list[Endpoint]] = {}
    for path, operations in paths.items():
        for method in METHODS:
            if method in operations:
                told = operations[method]
                groups.setdefault(told["tags"][0], []).append(_endpoint(method, path, told, shapes))
    return list(groups.items())


def _endpoint(method: str, path: str, told: dict[str, Any], shapes: dict[str, Any]) -> Endpoint:
    query = [one for one in told.get("parameters", ()) if one["in"] in ("query", "header")]
    return Endpoint(
        id=told["operationId"],
        method=method.upper(),
        path=path,
        summary=told["summary"],
        text=_marked(told.get("description", "")),
        scope=told.get("x-scope", ""),
        query=tuple(_field(one["name"], one["schema"] | one, one.get("required", False)) for one in query),
        body=tuple(_body(told, shapes)),
        answer=_answer(told),
    )


def _body(told: dict[str, Any], shapes: dict[str, Any]) -> Iterable[Field]:
    for content in told.get("requestBody", {}).get("content", {}).values():
        yield from _fields(_followed(content["schema"], shapes))


def _answer(told: dict[str, Any]) -> str:
    for status, answer in told["responses"].items():
        if status.startswith("2"):
            contents: list[dict[str, Any]] = list(answer.get("content", {}).values())
            return f"{status} {_kind(contents[0]['schema']) if contents else ''}".strip()
    return ""


def _shape(name: str, shape: dict[str, Any], shapes: dict[str, Any]) -> Shape:
    return Shape(name=name, text=_marked(shape.get("description", "")), fields=tuple(_fields(shape)))


def _is_answer(name: str) -> bool:
    return not name.startswith(("New", "Paged", "Wanted"))


def _fields(shape: dict[str, Any]) -> Iterable[Field]:
    needed = shape.get("required", ())
    for name, told in shape.get("properties", {}).items():
        yield _field(name, told, name in needed)


def _field(name: str, told: dict[str, Any], is_required: bool) -> Field:
    return Field(name=name, kind=_kind(told), is_required=is_required, text=_marked(told.get("description", "")))


def _marked(text: str) -> list[tuple[str, bool]]:
    """The pieces of a text, and whether each stood in backticks."""
    return [(piece, place % 2 == 1) for place, piece in enumerate(text.split("`")) if piece]


def _kind(told: dict[str, Any]) -> str:
    """string · integer or null · list of Message · one of open, resolved."""
    if "$ref" in told:
        return str(told["$ref"]).rpartition("/")[2]
    if "anyOf" in told:
        return " or ".join(_kind(one) for one in told["anyOf"])
    if "enum" in told:
        return " | ".join(map(str, told["enum"]))
    if told.get("type") == "array":
        return f"list of {_kind(told.get('items', {}))}"
    return str(told.get("format") or told.get("type", ""))


def _followed(told: dict[str, Any], shapes: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = shapes.get(_kind(told), told) if "$ref" in told else told
    return found
