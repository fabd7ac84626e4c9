"""Advisory locks held until the transaction ends."""

import hashlib

from django.db import connection


def hold(*parts: object) -> None:
    """One transaction at a time for this key; others wait. Released at commit or rollback, also when the process is killed."""
    key = hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=8).digest()
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [int.from_bytes(key, "big", signed=True)])
