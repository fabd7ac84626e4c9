"""Subjects without the prefixes programs put before them: `YNT: İLT: Kargom nerede?` is about `Kargom nerede?`."""

import re

from muhatap.channels.email.headers import tidy

REPLIES = (
    "re|ynt|yn|yanıt|yanit|cevap|cvp|aw|antw|antwort|sv|vs|rép|réf|rif|res|odp|ha|bls|rv(?=\\W{0,3}re)|回复|回覆|答复"
)
FORWARDS = "fw|fwd|ilt|i̇lt|ilet|iletilen|wg|wtr|tr|rv|enc|doorst|vb|pd|转发|轉寄"
PREFIX = re.compile(
    rf"^\s*(?:(?P<reply>{REPLIES})|(?P<forward>{FORWARDS}))\s*(?:[\[(^*]\s*\d{{1,3}}\s*[\])]?|\d{{1,2}}(?=\s*[:：]))?\s*[:：]\s*",
    re.IGNORECASE,
)
# İLT and ilt are one word, YNT and ynt too: Turkish has its own capital of i, and Python lowers İ to two characters.
SMALL = str.maketrans({"İ": "i", "I": "ı"})


def base(subject: str) -> str:
    """The subject itself, all reply and forward prefixes taken off, in any order and number."""
    rest, _ = _stripped(subject)
    return rest


def prefixes(subject: str) -> tuple[str, ...]:
    """What the prefixes say, outermost first: "reply" or "forward"."""
    return tuple(_stripped(subject)[1])


def key(subject: str) -> str:
    """The base subject in a form to compare by: no prefixes, no tags in brackets, Turkish casing, spaces folded."""
    rest = re.sub(r"^(?:\[[^\]]{1,60}\]\s*)+", "", base(subject)) or base(subject)
    return tidy(rest.translate(SMALL).lower())


def _stripped(subject: str) -> tuple[str, list[str]]:
    rest, kinds = tidy(subject)[:2000], []
    while match := PREFIX.match(_small(rest)):
        kinds.append("reply" if match["reply"] else "forward")
        rest = rest[match.end() :]
    return rest.strip(), kinds


def _small(text: str) -> str:
    """Lower case without changing the length, so that positions hold; both I and İ read as i here."""
    return text.replace("İ", "i").replace("I", "i")
