"""XML as a stream of small events, in constant memory, without entities: what declares them is refused."""

from collections.abc import Iterator
from typing import IO
from xml.parsers import expat

from muhatap.imports.reading.problems import Unreadable

_CHUNK = 1 << 16
_LONGEST_SILENCE = 4 << 20  # bytes of which nothing comes: one mark, which the parser keeps whole
START, END, TEXT = 0, 1, 2
Event = tuple[int, str, dict[str, str]]  # for TEXT, the text stands in the place of the name
_NONE: dict[str, str] = {}


def events(stream: IO[bytes]) -> Iterator[Event]:
    """Elements by their local names, and their text. Raises Unreadable."""
    found: list[Event] = []
    silence = 0
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, told: found.append((START, name.rpartition(" ")[2], told))
    parser.EndElementHandler = lambda name: found.append((END, name.rpartition(" ")[2], _NONE))
    parser.CharacterDataHandler = lambda text: found.append((TEXT, text, _NONE))
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    try:
        while chunk := stream.read(_CHUNK):
            parser.Parse(chunk, False)
            silence = 0 if found else silence + len(chunk)
            if silence > _LONGEST_SILENCE:
                raise Unreadable("bomb")
            yield from found
            found.clear()
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError) as error:  # also letters that nobody knows by the name it gives
        raise Unreadable("broken") from error
    yield from found


def _refuse(*told: object) -> None:
    raise Unreadable("entities")
