"""The company's tree of topics: made with the first look at it, changed by people; nothing is ever lost by a change."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils.text import slugify

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.shared import locks
from muhatap.shared.text import fold
from muhatap.understanding.defaults import TREE
from muhatap.understanding.models import Reading, Topic, TopicMerge, TopicMove

DEEPEST = 3
MOST = 300


class BadTopic(ValueError):
    """This cannot be so. Codes: name, taken, loop, deep, many, children, gone, same, undone."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def ensure(*, at: datetime) -> None:
    """The tree every company begins with, where there is none yet; twice is as once."""
    if Topic.objects.exists():
        return
    with transaction.atomic():
        locks.hold("topics")
        if not Topic.objects.exists():
            made: dict[str, Topic] = {}
            for slug, name, name_en, base, parent in TREE:
                above = made.get(parent)
                made[slug] = Topic.objects.create(
                    slug=slug, name=name, name_en=name_en, base=base, parent=above, created_at=at
                )


def living() -> list[Topic]:
    """Every topic that may be chosen, a branch after its root, in the order of names."""
    rows = sorted(Topic.objects.filter(archived_at=None), key=lambda one: fold(str(one)))
    below: dict[int | None, list[Topic]] = {}
    for one in rows:
        below.setdefault(one.parent_id, []).append(one)
    alive = {one.pk for one in rows}
    roots = [one for one in rows if one.parent_id not in alive]
    found: list[Topic] = []
    for root in roots:
        _walk(root, below, found)
    return found


def paths(some: Sequence[Topic]) -> dict[int, str]:
    """Each topic with those above it, as one line: "Ürün › Kalite ve kusur"."""
    known = {one.pk: one for one in some}
    told = {}
    for one in some:
        line, above = [str(one)], known.get(one.parent_id or 0)
        while above is not None and len(line) < DEEPEST:
            line.insert(0, str(above))
            above = known.get(above.parent_id or 0)
        told[one.pk] = " › ".join(line)
    return told


def branch(topic_id: int) -> list[int]:
    """The topic and all below it, archived ones as well."""
    found, layer = [topic_id], [topic_id]
    while layer:
        layer = list(Topic.objects.filter(parent_id__in=layer).exclude(pk__in=found).values_list("pk", flat=True))
        found += layer
    return found


def standing(slug: str) -> Topic | None:
    """The topic of this slug; where it was merged, the one it was merged into. None for an archived one."""
    found = Topic.objects.select_related("merged_into").filter(slug=slug).first()
    for _turn in range(20):
        if found is None or found.merged_into_id is None:
            break
        found = Topic.objects.select_related("merged_into").get(pk=found.merged_into_id)
    return found if found and found.archived_at is None else None


@transaction.atomic
def add(*, name: str, by: User | None, at: datetime, name_en: str = "", parent: Topic | None = None) -> Topic:
    """Raises BadTopic."""
    locks.hold("topics")
    if Topic.objects.filter(archived_at=None).count() >= MOST:
        raise BadTopic("many")
    _check_place(None, parent)
    topic = Topic(name=_name(name), name_en=_plain(name_en), slug=_slug(name), parent=parent, created_at=at)
    _save(topic)
    audit.record(by=by, at=at, act="topic.add", kind="topic", id=topic.pk, name=topic.name)
    return topic


@transaction.atomic
def rename(*, topic: Topic, name: str, by: User, at: datetime, name_en: str = "") -> None:
    """Raises BadTopic; the slug stays, so readings and rules go on meaning the same."""
    before, topic.name, topic.name_en = topic.name, _name(name), _plain(name_en)
    _save(topic)
    audit.record(by=by, at=at, act="topic.rename", kind="topic", id=topic.pk, name=topic.name, before=before)


@transaction.atomic
def move(*, topic: Topic, parent: Topic | None, by: User, at: datetime) -> None:
    """Put a topic with all below it under another one. Raises BadTopic."""
    locks.hold("topics")
    _check_place(topic, parent)
    topic.parent = parent
    _save(topic)
    under = parent.name if parent else ""
    audit.record(by=by, at=at, act="topic.move", kind="topic", id=topic.pk, name=topic.name, under=under)


@transaction.atomic
def archive(*, topic: Topic, by: User, at: datetime) -> None:
    """No message gets it any more; those that have it keep it. Raises BadTopic while others stand below it."""
    locks.hold("topics")
    if topic.archived_at is not None:
        return
    if topic.children.filter(archived_at=None).exists():
        raise BadTopic("children")
    topic.archived_at = at
    topic.save(update_fields=["archived_at"])
    audit.record(by=by, at=at, act="topic.archive", kind="topic", id=topic.pk, name=topic.name)


@transaction.atomic
def restore(*, topic: Topic, by: User, at: datetime) -> None:
    """Bring an archived topic back. Raises BadTopic: merged ones come back by undoing the merge."""
    locks.hold("topics")
    if topic.merged_into_id is not None:
        raise BadTopic("gone")
    if topic.archived_at is None:
        return
    topic.archived_at = None
    if topic.parent is not None and topic.parent.archived_at is not None:
        topic.parent = None
    _save(topic)
    audit.record(by=by, at=at, act="topic.restore", kind="topic", id=topic.pk, name=topic.name)


@transaction.atomic
def merge(*, keep: Topic, drop: Topic, by: User, at: datetime) -> TopicMerge:
    """Two topics become one: readings, topics below and the reader's own answer move to `keep`. Raises BadTopic."""
    locks.hold("topics")
    keep, drop = (Topic.objects.select_for_update(of=("self",)).get(pk=one.pk) for one in (keep, drop))
    if keep.pk == drop.pk:
        raise BadTopic("same")
    if keep.archived_at or drop.archived_at:
        raise BadTopic("gone")
    if keep.pk in branch(drop.pk):
        raise BadTopic("loop")
    moves_base = bool(drop.base and not keep.base)
    if _depth(keep) + _height(drop) - 1 > DEEPEST:
        raise BadTopic("deep")
    children = list(drop.children.values_list("pk", flat=True))
    merged = TopicMerge.objects.create(
        kept=keep, dropped=drop, children=children, base=drop.base if moves_base else "", by=by, at=at
    )
    _move_readings(merged)
    _move_children(children, keep)
    drop.archived_at, drop.merged_into, base = at, keep, drop.base
    drop.base = "" if moves_base else base
    drop.save(update_fields=["archived_at", "merged_into", "base"])
    if moves_base:
        Topic.objects.filter(pk=keep.pk).update(base=base)
    audit.record(by=by, at=at, act="topic.merge", kind="topic", id=keep.pk, name=keep.name, dropped=drop.name)
    return merged


@transaction.atomic
def undo_merge(*, merged: TopicMerge, by: User, at: datetime) -> None:
    """Everything that moved goes back, but what somebody has given another topic since. Raises BadTopic."""
    locks.hold("topics")
    merged = TopicMerge.objects.select_for_update(of=("self",)).select_related("kept", "dropped").get(pk=merged.pk)
    if merged.undone_at is not None:
        raise BadTopic("undone")
    keep, drop = merged.kept, merged.dropped
    if merged.base and keep.base == merged.base:
        Topic.objects.filter(pk=keep.pk).update(base="")
        drop.base = merged.base
    drop.archived_at = drop.merged_into = None
    if drop.parent_id in Topic.objects.exclude(archived_at=None).values_list("pk", flat=True):
        drop.parent = None
    _save(drop)
    Topic.objects.filter(pk__in=merged.children, parent=keep).update(parent=drop)
    mine = TopicMove.objects.filter(merge=merged).values("reading")
    Reading.objects.filter(pk__in=mine, topic=keep).update(topic=drop)
    merged.undone_by, merged.undone_at = by, at
    merged.save(update_fields=["undone_by", "undone_at"])
    audit.record(by=by, at=at, act="topic.unmerge", kind="topic", id=keep.pk, name=keep.name, dropped=drop.name)


def counts() -> Mapping[int, int]:
    """How many readings stand in each topic."""
    rows = Reading.objects.exclude(topic=None).values("topic_id").annotate(n=Count("id"))
    return {row["topic_id"]: row["n"] for row in rows}


def _move_readings(merged: TopicMerge) -> None:
    mine = Reading.objects.filter(topic=merged.dropped)
    moves = (TopicMove(merge=merged, reading_id=pk) for pk in mine.values_list("pk", flat=True).iterator())
    TopicMove.objects.bulk_create(moves, batch_size=2_000)
    mine.update(topic=merged.kept)


def _move_children(children: Sequence[int], keep: Topic) -> None:
    taken = {fold(name) for name in keep.children.filter(archived_at=None).values_list("name", flat=True)}
    names = Topic.objects.filter(pk__in=children, archived_at=None).values_list("name", flat=True)
    if any(fold(name) in taken for name in names):
        raise BadTopic("taken")
    Topic.objects.filter(pk__in=children).update(parent=keep)


def _walk(one: Topic, below: Mapping[int | None, Sequence[Topic]], found: list[Topic]) -> None:
    found.append(one)
    for child in below.get(one.pk, ()):
        _walk(child, below, found)


def _check_place(topic: Topic | None, parent: Topic | None) -> None:
    if parent is None:
        return
    if parent.archived_at is not None:
        raise BadTopic("gone")
    if topic is not None and parent.pk in branch(topic.pk):
        raise BadTopic("loop")
    if _depth(parent) + (_height(topic) if topic else 1) > DEEPEST:
        raise BadTopic("deep")


def _depth(topic: Topic) -> int:
    n, above = 1, topic.parent
    while above is not None and n <= DEEPEST:
        n, above = n + 1, above.parent
    return n


def _height(topic: Topic) -> int:
    return 1 + max((_height(one) for one in topic.children.filter(archived_at=None)), default=0)


def _save(topic: Topic) -> None:
    try:
        with transaction.atomic():
            topic.save()
    except IntegrityError as error:
        raise BadTopic("taken") from error


def _plain(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:80]


def _name(text: str) -> str:
    if not (name := _plain(text)):
        raise BadTopic("name")
    return name


def _slug(name: str) -> str:
    """Once given a slug stays; another topic of the same name gets a number."""
    begun = slugify(fold(name).replace("ı", "i"))[:50] or "konu"
    taken = set(Topic.objects.filter(slug__startswith=begun).values_list("slug", flat=True))
    return next(slug for slug in (begun, *(f"{begun}-{n}" for n in range(2, 10_000))) if slug not in taken)
