"""vCards (2.1, 3.0, 4.0) as rows under one fixed header, so that they are mapped like any other file."""

import quopri
import re
from collections.abc import Iterator
from pathlib import Path

from muhatap.imports.reading.problems import LONGEST_CELL, LONGEST_LINE, Unreadable

HEADER = (
    "Name", "E-mail", "E-mail 2", "E-mail 3", "Phone", "Phone 2", "Phone 3", "Company", "City", "Language", "Tags", "Note",
    "Birthday", "Title", "Website",
)  # fmt: skip
_BEGIN = re.compile(r"\s*BEGIN:VCARD", re.IGNORECASE)
_PLACES = {name: place for place, name in enumerate(HEADER)}
_MOST_VALUES = 200
_HEAVY = re.compile(
    r"(?:[\w-]+\.)?(?:PHOTO|LOGO|SOUND|KEY)\b", re.IGNORECASE
)  # pictures and the like: megabytes on one line
_ESCAPED = re.compile(r"\\(.)")
_PARTS = re.compile(r"(?<!\\);")


def is_card(head: str) -> bool:
    return bool(_BEGIN.match(head.lstrip("\ufeff")))


def rows(path: Path, encoding: str) -> Iterator[tuple[int, list[str]]]:
    """The number of each card and its cells. Raises Unreadable."""
    number, is_anybody, told = 0, False, dict[str, list[str]]()
    for line in _unfolded(path, encoding):
        name, parameters, value = _property(line)
        if name == "BEGIN":
            number, told = number + 1, {}
        elif name == "END":
            cells = _cells(told)
            if any(cells):
                is_anybody = True
                yield number, cells
            told = {}
        elif sum(map(len, told.values())) < _MOST_VALUES:
            told.setdefault(name, []).append(_decoded(value, parameters, encoding))
    if any(_cells(told)):
        raise Unreadable("broken")  # it breaks off within a card
    if not is_anybody:
        raise Unreadable("empty")


def _unfolded(path: Path, encoding: str) -> Iterator[str]:
    """Whole lines: what begins with a blank, or follows a soft break of quoted-printable, belongs to the line before."""
    pending, n = "", 0
    try:
        with path.open("r", encoding=encoding, newline=None) as file:
            while line := file.readline(LONGEST_LINE):
                n += 1
                line = line.rstrip("\n").replace("\x00", "")
                is_soft = pending.endswith("=") and "QUOTED-PRINTABLE" in pending.partition(":")[0].upper()
                if pending and (line[:1] in (" ", "\t") or is_soft):
                    if not _HEAVY.match(pending):
                        pending = pending[:-1] + line if is_soft else pending + line[1:]
                else:
                    yield from [pending] if pending else []
                    pending = line
                if len(pending) >= LONGEST_LINE:
                    raise Unreadable("line", row=n)
    except UnicodeError as error:
        raise Unreadable("encoding", row=n + 1) from error
    if pending:
        yield pending


def _property(line: str) -> tuple[str, str, str]:
    """Name without its group, parameters, value."""
    before, _, value = line.partition(":")
    name, _, parameters = before.partition(";")
    return name.rpartition(".")[2].strip().upper(), parameters.upper(), value.strip()


def _decoded(value: str, parameters: str, encoding: str) -> str:
    if "QUOTED-PRINTABLE" not in parameters:
        return value[:LONGEST_CELL]
    charset = re.search(r"CHARSET=([\w-]+)", parameters)
    raw = quopri.decodestring(value.encode(encoding, "replace"))
    try:
        return raw.decode(charset[1] if charset else "utf-8")[:LONGEST_CELL]
    except (LookupError, UnicodeDecodeError):
        return raw.decode("cp1254", "replace")[:LONGEST_CELL]


def _cells(told: dict[str, list[str]]) -> list[str]:
    cells = [""] * len(HEADER)

    def place(name: str, value: str) -> None:
        cells[_PLACES[name]] = value

    place("Name", _name(told))
    for name, key in (("E-mail", "EMAIL"), ("Phone", "TEL")):
        values = [_plain(value).removeprefix("tel:").removeprefix("mailto:") for value in told.get(key, [])]
        for value, target in zip(dict.fromkeys(filter(None, values)), (name, f"{name} 2", f"{name} 3"), strict=False):
            place(target, value)
    place("Company", _part(told, "ORG", 0))
    place("City", _part(told, "ADR", 3))
    for name, key in (
        ("Language", "LANG"),
        ("Note", "NOTE"),
        ("Birthday", "BDAY"),
        ("Title", "TITLE"),
        ("Website", "URL"),
    ):
        place(name, _plain(told.get(key, [""])[0]))
    place("Tags", ", ".join(_plain(value) for value in told.get("CATEGORIES", [])))
    place("Birthday", _day(cells[_PLACES["Birthday"]]))
    return cells


def _name(told: dict[str, list[str]]) -> str:
    if full := _plain(told.get("FN", [""])[0]):
        return full
    family, given, middle = (_part(told, "N", place) for place in (0, 1, 2))
    return " ".join(filter(None, (given, middle, family)))


def _part(told: dict[str, list[str]], key: str, place: int) -> str:
    parts = _PARTS.split(told.get(key, [""])[0])
    return _plain(parts[place]) if place < len(parts) else ""


def _plain(value: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value).strip()


def _day(text: str) -> str:
    compact = re.fullmatch(r"(\d{4})(\d{2})(\d{2})(?:T.*)?", text)
    return "-".join(compact.groups()) if compact else text
