"""The whole base on its way into the engine: straight from PostgreSQL into a file and from there into DuckDB, never through Python's lists."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from django.db import connection

from muhatap.contacts import graph
from muhatap.contacts.models import BlockedValue, SharedValue
from muhatap.matching import normal
from muhatap.matching.engine import Engine
from muhatap.matching.normal import SHARED_BY_MANY, TEXTS

_AT_ONCE = 5000
_NUMBERS = ("rec_id", "contact", "home", "is_trusted")
_SHARES = ("email_share", "phone_share")
_RECORDS = """
select r.id as rec_id, r.contact_id as contact, r.home_id as home, r.is_trusted::int as is_trusted, {texts}, {shares}
from contacts_sourcerecord r join contacts_contact c on c.id = r.contact_id
where r.is_current and c.merged_into_id is null and r.normal <> '{{}}'
"""
# Values somebody blocked by a pattern after records named them.
_LIKE = "select distinct value from contacts_identity where kind = %s and value ~* %s"


def read(engine: Engine, scratch: Path) -> int:
    """Give the engine every current record in its normal form, with the contact it stands in. Gives how many there are."""
    path = scratch / "records.csv"
    _export(path)
    names = (*_NUMBERS, *TEXTS, *_SHARES)
    engine.load(path, {name: f"coalesce({name}, '')" for name in names}, ",")
    path.unlink()
    _lend_weak(engine)
    engine.make("stands", f"select id, {', '.join(f'cast({name} as bigint) as {name}' for name in _NUMBERS)} from raw")
    engine.make("normalised", _normalised())
    engine.drop("raw")
    engine.fields = frozenset(TEXTS)
    return engine.count("stands")


def settle_shares(engine: Engine) -> None:
    """What is known to be nobody's own stays so, however few records name it."""
    more = ", ".join(f"greatest({name}, cast({name}_told as smallint)) as {name}" for name in _SHARES)
    engine.make("record", f"select * replace ({more}) from record")


def _export(path: Path) -> None:
    texts = ", ".join(f"r.normal->>'{name}' as {name}" for name in TEXTS)
    shares = ", ".join(f"coalesce(r.normal->>'{name}', '1') as {name}" for name in _SHARES)
    asked = _RECORDS.format(texts=texts, shares=shares)
    asked = f"copy ({asked}) to stdout with (format csv, header)"
    with connection.cursor() as cursor, cursor.copy(asked) as source, path.open("wb") as target:
        for block in source:
            target.write(block)


def _normalised() -> str:
    """Blocked and shared values as they are today, whatever was known of them when a record came."""
    email, phone = "coalesce(weak_email.share, 0)", "coalesce(weak_phone.share, 0)"
    made = {
        "email": f"case when {email} = 9 then '' else raw.email end",
        "user": f"case when {email} = 9 then '' else raw.user end",
        "phone": f"case when {phone} = 9 then '' else raw.phone end",
    }
    texts = ", ".join(f"{made.get(name, f'raw.{name}')} as {name}" for name in TEXTS)
    known = {"email_share": email, "phone_share": phone}
    told = ", ".join(f"greatest(cast(raw.{name} as integer), {of}) as {name}_told" for name, of in known.items())
    joins = "left join weak_email on weak_email.value = raw.email left join weak_phone on weak_phone.value = raw.phone"
    return f"select raw.id, {texts}, {told} from raw {joins}"


def _lend_weak(engine: Engine) -> None:
    """Values that prove nobody, in their normal form: 9 for those that say nothing at all."""
    for kind in ("email", "phone"):
        known: dict[str, int] = {}
        for value, is_blocked in _weak(kind):
            if form := str(getattr(normal.of({kind: value}), kind)):
                known[form] = 9 if is_blocked else max(known.get(form, 0), SHARED_BY_MANY)
        values, shares = np.array(list(known), dtype=object), np.array(list(known.values()), dtype=np.int32)
        engine.lend(f"weak_{kind}", {"value": values, "share": shares})


def _weak(kind: str) -> Iterator[tuple[str, bool]]:
    for value in SharedValue.objects.filter(kind=kind).values_list("value", flat=True).iterator(chunk_size=_AT_ONCE):
        yield value, False
    rules = graph.standing(())
    for value, how in BlockedValue.objects.filter(kind=kind).values_list("value", "how"):
        if how != BlockedValue.How.PATTERN:
            yield value, how == BlockedValue.How.EXACT
    patterns = [pattern.pattern for of, pattern in rules.patterns if of == kind]
    for pattern in patterns:
        with connection.cursor() as cursor:
            cursor.execute(_LIKE, [kind, f"^({pattern})$"])
            for (value,) in cursor.fetchall():
                yield value, True
