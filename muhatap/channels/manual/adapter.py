"""What staff wrote down becomes an Inbound, like everything else that customers say."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from muhatap.channels.contract import Adapter, Claim, Inbound
from muhatap.channels.listening import said, told
from muhatap.channels.listening.told import Elsewhere, safely


def wire(
    *,
    key: str,
    name: str,
    email: str,
    phone: str,
    is_sure: bool,
    title: str,
    text: str,
    place: str,
    url: str,
    at: datetime,
    by: str,
) -> bytes:
    """The raw form of one note. `is_sure`: whoever wrote it down knows that the address is the person's."""
    who = {"name": name, "email": email, "phone": phone, "is_sure": is_sure}
    return told.packed(
        {
            "id": key,
            "who": who,
            "title": title,
            "text": text,
            "place": place,
            "url": url,
            "at": at.isoformat(),
            "by": by,
        }
    )


class Manual(Elsewhere):
    """Whoever wrote it down vouches for the person or does not; a name alone is nobody known."""

    kind = "manual"

    @safely
    def translate(self, raw: bytes, meta: Mapping[str, Any]) -> Inbound:
        """Raises Untranslatable."""
        note = told.opened(raw)
        claims = _claims(told.part(note, "who"), told.text(note, "id"))
        text = told.text(note, "text")
        if not text.strip():
            raise ValueError("it says nothing")
        return said.post(
            meta,
            external_id=told.text(note, "id"),
            author=claims[0],
            claims=claims[1:],
            subject=told.text(note, "title") or told.text(note, "place"),
            text=text,
            at=said.when(note.get("at")),
            url=note.get("url"),
        )


ADAPTER: Adapter = Manual()


def _claims(who: Mapping[str, Any], key: str) -> tuple[Claim, ...]:
    name, is_sure = said.line(told.text(who, "name"), most=200), who.get("is_sure") is True
    values = [(kind, said.line(told.text(who, kind), most=320)) for kind in ("email", "phone")]
    found = [Claim(kind=kind, value=value, is_verified=is_sure, name=name) for kind, value in values if value]
    return tuple(found) or (said.only_named("manual", name, key),)
