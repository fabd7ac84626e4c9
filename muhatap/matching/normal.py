"""A record made comparable, in Python (`of`) and in SQL (`columns`); tests/matching/vectors hold both to the same words."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from muhatap.matching import normalising

RAW = (
    "first_name", "last_name", "phone", "email", "birth_date", "address", "district", "city", "postcode", "national_id", "company"
)  # fmt: skip
SHARED_BY_MANY = 3


@dataclass(frozen=True, slots=True)
class Normal:
    """Empty texts are missing values. The shares say how many different first names use the value (1, 2 or 3 and more)."""

    givens: str = ""  # all first names
    given: str = ""  # the first of them
    call: str = ""  # the name a nickname stands for
    family: str = ""
    born: str = ""  # 1980-04-23
    written: str = ""  # the address with its dots
    email: str = ""
    user: str = ""  # the address before the @, without dots
    domain: str = ""
    phone: str = ""
    national: str = ""
    street: str = ""
    district: str = ""
    city: str = ""
    postcode: str = ""
    company: str = ""
    email_share: int = 1
    phone_share: int = 1


TEXTS = tuple(each.name for each in fields(Normal) if not each.name.endswith("_share"))


def of(record: Mapping[str, str | None]) -> Normal:
    """The normal form of a record whose keys are among RAW; whatever it lacks is missing."""
    raw = {name: (record.get(name) or "")[: normalising.LONGEST] for name in RAW}
    texts: dict[str, str] = {}
    for name, (source, form) in normalising.FORMS.items():
        text = texts[source] if name in normalising.FROM_FIELD else raw[source]
        texts[name] = form.run(text) if text else ""  # nothing is nothing in every form
    is_role = normalising.is_role_box(texts["email"])
    return Normal(email_share=SHARED_BY_MANY if is_role else 1, **texts)  # type: ignore[arg-type]  # texts has no numbers
