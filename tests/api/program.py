"""A program with a key, as tests write it."""

import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from muhatap.accounts import api_keys
from muhatap.accounts.models import User
from muhatap.shared import clock
from muhatap.shared.limits import BUCKETS
from tests import cast


class Program:
    """Sends JSON to /api/v1/ with its key. Header names are written with underscores."""

    def __init__(self, token: str) -> None:
        self.token, self.client = token, Client(raise_request_exception=False)

    def get(self, path: str, **headers: str) -> Any:
        return self.raw("GET", path, b"", **headers)

    def post(self, path: str, sent: Any = None, **headers: str) -> Any:
        return self.raw("POST", path, b"" if sent is None else json.dumps(sent).encode(), **headers)

    def patch(self, path: str, sent: Any, **headers: str) -> Any:
        return self.raw("PATCH", path, json.dumps(sent).encode(), **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.raw("DELETE", path, b"", **headers)

    def raw(self, method: str, path: str, body: bytes, content_type: str = "application/json", **headers: str) -> Any:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.generic(
            method, f"/api/v1{path}", body, content_type=content_type, headers=self._own() | sent
        )

    def upload(self, file: SimpleUploadedFile) -> Any:
        return self.client.post("/api/v1/files", {"file": file}, headers=self._own())

    def _own(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def program(user: User, scopes: list[str] | None = None) -> Program:
    """A program that acts as somebody; its bucket is full."""
    BUCKETS.forget()
    made = api_keys.create(
        name="Depo programı",
        user=user,
        scopes=list(api_keys.SCOPES) if scopes is None else scopes,
        expires_at=None,
        by=cast.deniz(),
        at=clock.now(),
    )
    return Program(made.token)
