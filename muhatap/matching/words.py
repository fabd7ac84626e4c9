"""Words the normaliser knows (words.json): nicknames, titles, mailboxes nobody owns, mail providers and how they are mistyped."""

import json
from pathlib import Path

_WORDS = json.loads(Path(__file__).with_name("words.json").read_text("utf-8"))


def _meanings() -> dict[str, str]:
    """Each nickname and the one name it stands for; a nickname of several names, or one that is a name too, stands for itself."""
    names: dict[str, list[str]] = {}
    for name, nicknames in _WORDS["nicknames"].items():
        for nickname in nicknames.split():
            names.setdefault(nickname, []).append(name)
    return {
        nickname: of[0] for nickname, of in names.items() if len(set(of)) == 1 and nickname not in _WORDS["nicknames"]
    }


NICKNAMES: dict[str, str] = _meanings()
TITLES: list[str] = _WORDS["titles"].split()
TITLES_AFTER: list[str] = _WORDS["titles_after"].split()
ROLE_BOXES = frozenset[str](_WORDS["role_boxes"].split())
SAYS_NOTHING = frozenset[str](_WORDS["says_nothing"].split())
STREET_WORDS: list[str] = _WORDS["street"].split()
COMPANY_WORDS: list[str] = _WORDS["company"].split()
MISTYPED_AS: dict[str, tuple[str, ...]] = {
    right: tuple(wrong.split()) for right, wrong in _WORDS["mistyped_providers"].items()
}
