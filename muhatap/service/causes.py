"""The tree of causes: brought in, named, moved, archived, merged."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.service.models import Case, CaseStep, Cause
from muhatap.service.usual_causes import USUAL
from muhatap.shared import locks

DEEPEST = 4


class NameTaken(Exception):
    """Its parent has a cause of this name."""


class NotThere(Exception):
    """A cause goes neither under itself, nor under one that is archived, nor deeper than four steps."""


class HasChildren(Exception):
    """Others stand under it; they go first."""


@transaction.atomic
def bring_in(*, at: datetime) -> int:
    """The usual causes, where they do not stand yet; those somebody archived stay archived. Returns how many are new."""
    known = dict(Cause.objects.exclude(slug="").values_list("slug", "pk"))
    n = 0
    for place, (slug, name, name_en, children) in enumerate(USUAL):
        n += _begin(known, slug, name, name_en, None, place, at)
        for under, (child, said, said_en) in enumerate(children):
            n += _begin(known, child, said, said_en, known.get(slug), under, at)
    return n


def _begin(
    known: dict[str, int], slug: str, name: str, name_en: str, parent_id: int | None, position: int, at: datetime
) -> int:
    if slug in known or Cause.objects.filter(parent_id=parent_id, name=name, archived_at=None).exists():
        return 0
    known[slug] = Cause.objects.create(
        slug=slug, name=name, name_en=name_en, parent_id=parent_id, position=position, created_at=at
    ).pk
    return 1


def offered() -> list[tuple[Cause, str]]:
    """The standing causes in the order of the tree, each with its way from the root: "Teslimat › Geç geldi"."""
    return [(cause, path) for cause, path in all_of_them() if cause.archived_at is None]


def all_of_them() -> list[tuple[Cause, str]]:
    """The same with what was archived or merged; what stands under something archived comes last."""
    children: dict[int | None, list[Cause]] = {}
    for cause in Cause.objects.order_by("position", "pk"):
        children.setdefault(cause.parent_id, []).append(cause)
    return list(_walk(children, None, ""))


def within(every: list[tuple[Cause, str]], n_of: Mapping[int, int]) -> dict[int, int]:
    """Of each cause, how many it and all under it have; by numbers, for an archived one may have a namesake beside it."""
    found = {cause.pk: n_of.get(cause.pk, 0) for cause, _path in every}
    for cause, _path in reversed(every):  # those under a cause come after it in the order of the tree
        if cause.parent_id:
            found[cause.parent_id] += found[cause.pk]
    return found


def depths(every: list[tuple[Cause, str]]) -> dict[int, int]:
    """How many steps each stands below the top."""
    found: dict[int, int] = {}
    for cause, _path in every:
        found[cause.pk] = found[cause.parent_id] + 1 if cause.parent_id else 0
    return found


def _walk(children: dict[int | None, list[Cause]], parent_id: int | None, above: str) -> Iterator[tuple[Cause, str]]:
    for cause in children.get(parent_id, []):
        path = f"{above} › {cause}" if above else str(cause)
        yield cause, path
        yield from _walk(children, cause.pk, path)


def standing(slug: str) -> Cause | None:
    """The cause of this name for machines; where it was merged, the one it went to. None when it is archived."""
    found = Cause.objects.filter(slug=slug).select_related("merged_into").first() if slug else None
    while found and found.merged_into:
        found = found.merged_into
    return found if found and found.archived_at is None else None


@transaction.atomic
def save(*, cause: Cause, name: str, name_en: str, parent: Cause | None, by: User, at: datetime) -> Cause:
    """Add a cause, or give one another name or place. Raises NameTaken, NotThere; then nothing is changed."""
    is_new = cause.pk is None
    _hold()
    _check_place(cause, parent)
    cause.name, cause.name_en, cause.parent = name.strip()[:120], name_en.strip()[:120], parent
    if is_new:
        cause.created_at, cause.position = at, Cause.objects.filter(parent=parent).count()
    try:
        with transaction.atomic():
            cause.save()
    except IntegrityError as error:
        cause.pk = None if is_new else cause.pk
        raise NameTaken from error
    act = "cause.add" if is_new else "cause.change"
    audit.record(by=by, at=at, act=act, kind="cause", id=cause.pk, name=cause.name)
    return cause


@transaction.atomic
def archive(*, cause: Cause, by: User, at: datetime) -> None:
    """Offer it no more; cases keep it. Raises HasChildren."""
    _hold()
    if cause.children.filter(archived_at=None).exists():
        raise HasChildren
    if Cause.objects.filter(pk=cause.pk, archived_at=None).update(archived_at=at):
        audit.record(by=by, at=at, act="cause.archive", kind="cause", id=cause.pk, name=cause.name)


@transaction.atomic
def bring_back(*, cause: Cause, by: User, at: datetime) -> None:
    """Offer an archived cause again. Raises NameTaken, NotThere (its parent is archived, or it was merged)."""
    _hold()
    cause = Cause.objects.select_related("parent").get(pk=cause.pk)
    if cause.merged_into_id or (cause.parent and cause.parent.archived_at):
        raise NotThere
    try:
        with transaction.atomic():
            n = Cause.objects.filter(pk=cause.pk, archived_at__isnull=False).update(archived_at=None)
    except IntegrityError as error:
        raise NameTaken from error
    if n:
        audit.record(by=by, at=at, act="cause.bring_back", kind="cause", id=cause.pk, name=cause.name)


@transaction.atomic
def merge(*, drop: Cause, keep: Cause, by: User, at: datetime) -> int:
    """All cases of one go to the other, each with a step that says so. Raises NotThere, HasChildren. Returns how many."""
    _hold()
    keep = Cause.objects.get(pk=keep.pk)
    if drop.pk == keep.pk or keep.archived_at or keep.merged_into_id:
        raise NotThere
    if drop.children.filter(archived_at=None).exists():
        raise HasChildren
    cases = list(Case.objects.select_for_update(of=("self",)).filter(cause=drop))
    CaseStep.objects.bulk_create(
        CaseStep(case=one, act="changed", state=one.state, field="cause", was=drop.name, became=keep.name, by=by, at=at)
        for one in cases
    )
    Case.objects.filter(pk__in=[one.pk for one in cases]).update(cause=keep)
    Cause.objects.filter(pk=drop.pk).update(merged_into=keep, archived_at=drop.archived_at or at)
    audit.record(
        by=by, at=at, act="cause.merge", kind="cause", id=drop.pk, name=drop.name, into=keep.name, n=len(cases)
    )
    return len(cases)


def _hold() -> None:
    """One change of the tree at a time: two at once would each look at a tree that the other changes."""
    locks.hold("causes")


def _check_place(cause: Cause, parent: Cause | None) -> None:
    depth, above = _height(cause), Cause.objects.get(pk=parent.pk) if parent else None
    while above is not None:
        depth += 1
        if above.archived_at or above.pk == cause.pk or depth > DEEPEST:
            raise NotThere
        above = above.parent


def _height(cause: Cause) -> int:
    """How many steps it takes by itself: one, and those under it, archived or not."""
    height, level = 1, [cause.pk] if cause.pk else []
    while height <= DEEPEST and (level := list(Cause.objects.filter(parent_id__in=level).values_list("pk", flat=True))):
        height += 1
    return height
