"""The words of the product: collects them from the source, merges translations, checks and compiles them.

    python -m tools.messages collect          new strings into locale/tr/LC_MESSAGES/django.po
    python -m tools.messages merge FILE.po …  translations from other files
    python -m tools.messages check            lists what is untranslated, doubtful or not marked for translation
    python -m tools.messages compile          the .mo files Django reads

Pure Python: Babel reads and writes the catalogues, Django's own lexer reads the templates; gettext is not needed.
"""

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import allauth
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from tools import unmarked

ROOT = Path(__file__).resolve().parents[1]
PO = ROOT / "locale" / "tr" / "LC_MESSAGES" / "django.po"
SOURCES = (ROOT / "muhatap", ROOT / "demo")
ALLAUTH = Path(allauth.__file__).parent
BORROWED = ("account", "core", "mfa")  # rooms of allauth whose words our pages show

_PLAIN = ("_", "gettext", "gettext_lazy", "gettext_noop")
_SHAPED = ("ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy")
KEYWORDS: dict[str, Any] = dict.fromkeys((*_PLAIN, *_SHAPED))

# Without dates and names: two people who collect on the same day do not meet in a conflict over them.
HEADER = """\
# The Turkish words of Muhatap. Collected by tools/messages.py; the translations are written here.
msgid ""
msgstr ""
"Language: tr\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"
"""

Key = tuple[str, str]  # context, msgid (of the singular)


@dataclass(kw_only=True)
class Found:
    """One string of the source."""

    id: str
    plural: str = ""
    context: str = ""
    files: set[str] = field(default_factory=set)

    @property
    def key(self) -> Key:
        return self.context, self.id


# Collecting


def collect() -> dict[Key, Found]:
    """Every string marked for translation, by key; with the words of allauth that its own Turkish lacks."""
    found: dict[Key, Found] = {}
    for path in _files("*.py"):
        _add(found, path, path.read_bytes())
    for path in (*_files("*.html"), *_files("*.txt")):
        _add(found, path, _as_python(path))
    for missing in _missing_in_allauth():
        found.setdefault(missing.key, missing)
    return found


def _files(pattern: str) -> list[Path]:
    paths = [path for source in SOURCES for path in source.rglob(pattern)]
    wanted = "templates" if pattern != "*.py" else ""
    return sorted(p for p in paths if "migrations" not in p.parts and (not wanted or wanted in p.parts))


def _as_python(path: Path) -> bytes:
    """A template as calls of gettext. Without indentation, which the tokenizer of Python would stumble over."""
    calls: str = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    return "\n".join(line.lstrip() for line in calls.splitlines()).encode()


def _add(found: dict[Key, Found], path: Path, source: bytes) -> None:
    name = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
    for entry in _extract(source):
        kept = found.setdefault(entry.key, entry)
        kept.plural = kept.plural or entry.plural
        kept.files.add(name)


def _extract(source: bytes) -> Iterator[Found]:
    calls: Any = extract_python(BytesIO(source), KEYWORDS, (), {"encoding": "utf-8"})
    for _line, name, texts, _comments in calls:
        words = [texts] if isinstance(texts, str) else [word or "" for word in texts or ()]
        context = words.pop(0) if words and "pgettext" in str(name) else ""
        if words and words[0]:
            plural = words[1] if str(name).startswith("n") and len(words) > 1 else ""
            yield Found(id=words[0], plural=plural, context=context)


def _missing_in_allauth() -> Iterator[Found]:
    theirs = _read(ALLAUTH / "locale" / "tr" / "LC_MESSAGES" / "django.po")
    known = {_key(message) for message in theirs if message.id and not message.fuzzy and _is_translated(message)}
    for room in BORROWED:
        for path in sorted((ALLAUTH / room).rglob("*.py")):
            if "/tests/" not in path.as_posix():
                yield from (
                    Found(id=f.id, plural=f.plural, context=f.context, files={f"allauth/{room}"})
                    for f in _extract(path.read_bytes())
                    if f.key not in known
                )


# The catalogue


def write(found: dict[Key, Found], known: dict[Key, Message]) -> None:
    """The catalogue of these strings with the translations known; those of vanished strings are kept as obsolete."""
    catalogue = _empty()
    for entry in found.values():
        old = known.get(entry.key)
        message = catalogue.add(
            (entry.id, entry.plural) if entry.plural else entry.id,
            _fitting(entry, old),
            locations=[(file, 0) for file in sorted(entry.files)],
            flags={"fuzzy"} if old and old.fuzzy else (),
            context=entry.context or None,
        )
        message.user_comments = old.user_comments if old else []
    for key, message in known.items():
        if key not in found and _is_translated(message):
            catalogue.obsolete[key] = message
    PO.parent.mkdir(parents=True, exist_ok=True)
    body = BytesIO()
    write_po(body, catalogue, width=110, sort_output=True, include_lineno=False, omit_header=True)
    PO.write_text(HEADER + "\n" + body.getvalue().decode(), encoding="utf-8")


def _fitting(entry: Found, old: Message | None) -> str | tuple[str, ...]:
    """The old translation in the shape the string has now: one text, or singular and plural."""
    if old is None:
        return ("", "") if entry.plural else ""
    strings = _strings(old)
    if entry.plural:
        return (strings[0], strings[-1])
    return strings[-1]


def _empty() -> Catalog:
    return read_po(BytesIO(HEADER.encode()), locale="tr")


def _read(path: Path) -> Catalog:
    if not path.exists():
        return _empty()
    with path.open("rb") as file:
        return read_po(file, locale="tr")


def known_in(*catalogues: Catalog) -> dict[Key, Message]:
    """All messages of these catalogues, later ones winning where they are translated."""
    known: dict[Key, Message] = {}
    for catalogue in catalogues:
        for message in (*catalogue.obsolete.values(), *catalogue):
            if message.id and (_is_translated(message) or _key(message) not in known):
                known[_key(message)] = message
    return known


def _key(message: Message) -> Key:
    return message.context or "", _ids(message)[0]


def _ids(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def _strings(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else [text or "" for text in message.string or ()]


def _is_translated(message: Message) -> bool:
    return bool(_strings(message)) and all(_strings(message))


# Checking


def check() -> list[str]:
    """Everything wrong with the words, a line each; empty when all is well."""
    templates = [*_files("*.html"), *_files("*.txt")]
    python = [path for path in _files("*.py") if {"web", "accounts"} & set(path.parts)]
    return [*_catalogue_faults(), *unmarked.in_templates(templates, ROOT), *unmarked.in_python(python, ROOT)]


def _catalogue_faults() -> Iterator[str]:
    catalogue = _read(PO)
    messages = {_key(message): message for message in catalogue if message.id}
    for key, entry in sorted(collect().items()):
        where = f"{', '.join(sorted(entry.files))}: “{entry.id}”"
        message = messages.get(key)
        if message is None:
            yield f"{where} is not in the catalogue (make messages)"
        elif message.fuzzy:
            yield f"{where} is marked fuzzy"
        elif not _is_translated(message):
            yield f"{where} is not translated"
        else:
            yield from (f"{where} {fault}" for fault in _word_faults(entry, message))


def _word_faults(entry: Found, message: Message) -> Iterator[str]:
    wanted = placeholders(entry.plural or entry.id)
    for text in _strings(message):
        # A singular may say "bir" instead of the number, as English may say "one".
        if placeholders(text) != wanted and placeholders(text) != placeholders(entry.id):
            yield f"has other placeholders in “{text}”"
        if entry.id.startswith("\n") != text.startswith("\n") or entry.id.endswith("\n") != text.endswith("\n"):
            yield "differs in its line ends"
        if not any(file.startswith("allauth") for file in entry.files):
            yield from (f"says “{word}”: see the words in the design" for word in _UNWANTED.findall(text))


_PLACEHOLDER = re.compile(r"%\(\w+\)[-+0-9.]*[a-z]|%[-+0-9.]*[sdrf](?![a-zçğıöşü])|\{\w*\}|%%")
_UNWANTED = re.compile(r"(?i)başarıyla|lütfen|!(?=\s|$)")


def placeholders(text: str) -> list[str]:
    """'%(name)s has {n}' → ['%(name)s', '{n}'], sorted."""
    return sorted(set(_PLACEHOLDER.findall(text)))


# Commands


def compile_catalogues() -> list[Path]:
    """Writes a .mo beside every .po of ours, and returns them; one that is newer than its source is left alone."""
    made = []
    for path in sorted((ROOT / "locale").rglob("*.po")):
        target = path.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime <= path.stat().st_mtime:
            compiled = BytesIO()
            write_mo(compiled, _read(path))
            draft = target.with_suffix(f".{os.getpid()}")
            draft.write_bytes(compiled.getvalue())
            draft.replace(target)  # whoever reads it meanwhile gets the old or the new one, never a half
            made.append(target)
    return made


def _run_collect(_files: Iterable[Path]) -> int:
    found, known = collect(), known_in(_read(PO))
    write(found, known)
    missing = sum(1 for key in found if key not in known or not _is_translated(known[key]))
    print(f"{len(found)} strings, {missing} of them without Turkish: {PO.relative_to(ROOT)}")
    return 0


def _run_merge(files: Iterable[Path]) -> int:
    write(collect(), known_in(_read(PO), *(_read(path) for path in files)))
    return 0


def _run_check(_files: Iterable[Path]) -> int:
    faults = check()
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def _run_compile(_files: Iterable[Path]) -> int:
    for path in compile_catalogues():
        print(path.relative_to(ROOT))
    return 0


COMMANDS: dict[str, Callable[[Iterable[Path]], int]] = {
    "collect": _run_collect,
    "merge": _run_merge,
    "check": _run_check,
    "compile": _run_compile,
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("files", nargs="*", type=Path, help="catalogues to merge")
    options = parser.parse_args(arguments)
    return COMMANDS[options.command](options.files)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
