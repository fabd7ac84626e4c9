"""What somebody typed into the composer, read from its form."""

from dataclasses import dataclass, field

from django.http import QueryDict

from muhatap.channels.contract import Address
from muhatap.shared.address import is_plausible
from muhatap.shared.text import without_nul
from muhatap.web.common.reading import number
from muhatap.web.inbox import addressing

LONGEST_LIST, LONGEST_CHOICE = 20_000, 20
HOW = ("then", "later", "later_at")


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What somebody typed into the composer. `wrong` holds addresses that are none."""

    kind: str
    html: str
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    bcc: tuple[Address, ...]
    seen: int | None
    stood: int | None
    answers: int | None
    wrong: tuple[str, ...]
    raw: dict[str, str]
    signature: str | None = None
    version: int | None = None
    sure: frozenset[str] = frozenset()
    how: dict[str, str] = field(default_factory=dict)


def read_form(post: QueryDict) -> Typed:
    """Read the form; nothing typed is lost, whatever is wrong with it."""
    raw = {name: without_nul(post.get(name, ""))[:LONGEST_LIST] for name in ("to", "cc", "bcc")}
    found = {name: addressing.read(text) for name, text in raw.items()}
    wrong = tuple(address.email for some in found.values() for address in some if not is_plausible(address.email))
    return Typed(
        kind="note" if post.get("kind") == "note" else "reply",
        html=without_nul(post.get("html", "")),
        **found,
        seen=number(post.get("seen")),
        stood=number(post.get("stood")),
        answers=number(post.get("answers")),
        wrong=wrong,
        raw=raw,
        signature=without_nul(post.get("signature", ""))[:LONGEST_CHOICE] if "signature" in post else None,
        version=number(post.get("version")),
        sure=frozenset(word for word in _said_yes(post) if "=" not in word),
        how=_how(post),
    )


def _said_yes(post: QueryDict) -> list[str]:
    return " ".join([*post.getlist("sure"), post.get("anyway", "")])[:LONGEST_LIST].split()


def _how(post: QueryDict) -> dict[str, str]:
    """Whether it is to leave later or to resolve: as the button says, or as it was said before something was asked."""
    pressed = {name: post.get(name, "") for name in ("then", "later") if post.get(name)}
    if "later" in pressed:
        pressed["later_at"] = post.get("later_at", "")
    asked = dict(word.split("=", 1) for word in _said_yes(post) if "=" in word)
    return pressed or {name: value for name, value in asked.items() if name in HOW}


def as_words(how: dict[str, str]) -> list[str]:
    """How it is to leave, for a button that asks to go on."""
    return [f"{name}={value}" for name, value in how.items() if value and not value.isspace()]
