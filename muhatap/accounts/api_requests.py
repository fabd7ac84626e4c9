"""Requests that may be sent again: the act and its answer stand in one transaction, so a repeat finds both or neither."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from muhatap.accounts.models import ApiKey, ApiRequest

KEPT = timedelta(hours=24)
_CLAIM = """
insert into accounts_apirequest (key_id, name, fingerprint, status, at) values (%s, %s, %s, 0, %s)
on conflict (key_id, name) do nothing returning id
"""


class OtherRequest(Exception):
    """This name was given to another request before."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """`is_first`: the act is still to be done, then `keep` its answer. Else `request` holds what was answered."""

    request: ApiRequest
    is_first: bool


def claim(*, key: ApiKey, name: str, fingerprint: str, at: datetime) -> Claim:
    """Take a name for a request, inside the transaction of its act. Raises OtherRequest.

    Of two at once the second waits here until the first commits (and then gets its answer) or is rolled back.
    """
    ApiRequest.objects.filter(key=key, name=name, at__lt=at - KEPT).delete()
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [key.pk, name, fingerprint, at])
        is_first = cursor.fetchone() is not None
    request = ApiRequest.objects.get(key=key, name=name)
    if request.fingerprint != fingerprint:
        raise OtherRequest(name)
    return Claim(request=request, is_first=is_first)


def keep(request: ApiRequest, *, status: int, answer: Any) -> None:
    request.status, request.answer = status, answer
    request.save(update_fields=["status", "answer"])


def forget(*, at: datetime) -> int:
    """Forget those older than a day; returns how many."""
    return ApiRequest.objects.filter(at__lt=at - KEPT).delete()[0]
