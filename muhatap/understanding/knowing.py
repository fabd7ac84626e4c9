"""The reader as this company has it: the model that comes with the program, the company's topics, and the layers that are used."""

import logging
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from muhatap.reading import layer, model
from muhatap.reading.layer import BadLayer, Layer
from muhatap.reading.reader import Reader
from muhatap.reading.topics import Topic as Branch
from muhatap.reading.topics import Tree
from muhatap.understanding import topics
from muhatap.understanding.models import LearnedModel, Topic

log = logging.getLogger(__name__)
ABOUT = tuple(LearnedModel.About.values)


@dataclass(frozen=True)
class Knowing:
    """What reads now. `layers` are those in use, with their numbers; `topics` are the rows behind the tree's keys, `went_to` says
    into which of them others were merged.
    """

    reader: Reader
    tree: Tree
    topics: dict[str, Topic]
    went_to: dict[str, str]
    layers: dict[str, tuple[int, Layer]]

    @property
    def version(self) -> str:
        """The model and the layers on it: "9cdf339efec4", or "9cdf339efec4+kind7+topic9"."""
        return "+".join([self.reader.model.version, *(f"{name}{pk}" for name, (pk, _) in sorted(self.layers.items()))])


def now(*, at: datetime | None = None) -> Knowing:
    """As it stands at this moment; with `at`, where there is no topic yet, those every company begins with are made."""
    every = list(Topic.objects.order_by("pk"))
    if not every and at:
        topics.ensure(at=at)
        every = list(Topic.objects.order_by("pk"))
    of_number = {one.pk: one for one in every}
    rows = [one for one in every if one.archived_at is None]
    branches = [
        Branch(
            key=one.slug,
            base=one.base,
            parent=above.slug if (above := of_number.get(one.parent_id or 0)) and above.archived_at is None else "",
            names=tuple(filter(None, (one.name, one.name_en))),
        )
        for one in rows
    ]
    went_to = {one.slug: _end(one, of_number).slug for one in every if one.merged_into_id}
    return Knowing(reader(), _tree(tuple(branches)), {one.slug: one for one in rows}, went_to, _layers())


def _end(one: Topic, of_number: dict[int, Topic]) -> Topic:
    for _turn in range(len(of_number)):
        if one.merged_into_id is None:
            break
        one = of_number[one.merged_into_id]
    return one


@lru_cache(maxsize=1)
def reader() -> Reader:
    """One for the process: it remembers what words add."""
    return Reader()


def used() -> dict[str, int]:
    """The number of the layer in use for each field that has one; of old ones only the rows are kept."""
    rows = LearnedModel.objects.filter(is_used=True, undone_at=None, base=model.version()).exclude(bytes=b"")
    return dict(rows.order_by("about", "-id").distinct("about").values_list("about", "id"))


def _layers() -> dict[str, tuple[int, Layer]]:
    return {about: (pk, found) for about, pk in used().items() if (found := _layer(pk)) is not None}


@lru_cache(maxsize=16)
def _layer(pk: int) -> Layer | None:
    packed = LearnedModel.objects.values_list("bytes", flat=True).get(pk=pk)
    try:
        return layer.unpack(bytes(packed))
    except BadLayer:
        log.warning("learned model %s cannot be read and is left out", pk)
        return None


@lru_cache(maxsize=4)
def _tree(branches: tuple[Branch, ...]) -> Tree:
    return Tree(branches, reader())
