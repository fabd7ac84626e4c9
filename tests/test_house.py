"""The house test: what no import linter sees."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AlterField

ROOT = Path(__file__).resolve().parents[1] / "muhatap"
FLOORS = [
    {"shared"},
    {"accounts", "matching", "measures", "reading"},
    {"contacts", "channels", "webhooks"},
    {"interactions", "imports", "duplicates"},
    {"conversations", "service", "feedback", "writing", "assistant", "visits", "sales", "understanding"},
    {"insight", "search", "notices", "automation", "triggers"},
    {"flow"},
    {"web", "api"},
    {"config"},
]
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
FORBIDDEN_FILES = {"services.py", "utils.py", "helpers.py", "signals.py", "managers.py"}


def room_of(model: type[models.Model]) -> str | None:
    parts = model.__module__.split(".")
    return parts[1] if parts[0] == "muhatap" else None


def test_every_room_has_a_floor() -> None:
    rooms = {path.name for path in ROOT.iterdir() if path.is_dir() and (path / "__init__.py").exists()}

    assert rooms == set(FLOOR_OF)


def test_every_foreign_key_points_downstairs_or_stays_in_its_room() -> None:
    upstairs = []
    for model in apps.get_models(include_auto_created=True):
        home = room_of(model)
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if home is None or not getattr(field, "concrete", False) or target is None:
                continue
            there = room_of(target)
            if there and there != home and FLOOR_OF[there] >= FLOOR_OF[home]:
                upstairs.append(f"{model.__name__}.{field.name} → {target.__name__}")

    assert upstairs == []


def test_every_room_says_what_it_owns() -> None:
    silent = [str(path.parent.relative_to(ROOT)) for path in packages() if not docstring(path)]

    assert silent == []


def test_no_drawers() -> None:
    assert [str(path) for path in ROOT.rglob("*.py") if path.name in FORBIDDEN_FILES] == []


def test_no_model_has_a_default_ordering() -> None:
    ours = [model for model in apps.get_models() if room_of(model)]

    assert [model.__name__ for model in ours if model._meta.ordering] == []


def test_every_key_is_64_bits() -> None:
    ours = [model for model in apps.get_models() if room_of(model)]
    keys = {model.__name__: type(model._meta.pk) for model in ours}

    assert {
        name
        for name, kind in keys.items()
        if not issubclass(
            kind, (models.BigAutoField, models.BigIntegerField, models.OneToOneField, models.CompositePrimaryKey)
        )
    } == set()


def test_an_index_of_a_key_is_given_up_beside_other_work() -> None:
    """Altering the key would lock its table until the migration ends; contacts/migrations/0013 shows how it goes."""
    guilty = [
        f"{one.app_label}.{one.name}"
        for one in MigrationLoader(None).disk_migrations.values()
        for step in one.operations
        if one.__module__.startswith("muhatap.") and isinstance(step, AlterField) and _has_no_index(step.field)
    ]

    assert guilty == []


@pytest.mark.django_db
def test_what_models_say_has_no_index_has_none() -> None:
    with connection.cursor() as cursor:
        left = {
            f"{model._meta.db_table}: {name}"
            for model in filter(room_of, apps.get_models())
            for field in filter(_has_no_index, model._meta.local_fields)
            for name, told in connection.introspection.get_constraints(cursor, model._meta.db_table).items()
            if told["index"] and told["columns"] == [field.column] and name.startswith(f"{model._meta.db_table}_")
        }

    assert left == set()


def _has_no_index(field: object) -> bool:
    return isinstance(field, models.ForeignKey) and not field.db_index and not field.unique


def test_the_story_of_intake_stays_on_one_screen() -> None:
    assert len((ROOT / "flow" / "intake.py").read_text().splitlines()) <= 90


def test_no_room_reads_the_clock() -> None:
    """Acts are told the moment (`at=`); only doors, jobs and flow ask what time it is."""
    readers = set()
    for room in (
        "accounts",
        "matching",
        "measures",
        "contacts",
        "channels",
        "interactions",
        "imports",
        "duplicates",
        "conversations",
    ):
        for path in (ROOT / room).rglob("*.py"):
            if any(reads_the_clock(node) for node in ast.walk(ast.parse(path.read_text()))):
                readers.add(str(path.relative_to(ROOT)))

    assert readers == set()


def test_no_inline_script_or_style_in_any_template() -> None:
    guilty = []
    for template in ROOT.rglob("*.html"):
        if "letters" in template.parts:
            continue  # mails: no page, and their readers know no style but that in place
        text = template.read_text()
        if " style=" in text or "<style" in text or " onclick=" in text or "<script>" in text or "javascript:" in text:
            guilty.append(str(template.relative_to(ROOT)))

    assert guilty == []


def packages() -> list[Path]:
    return [
        path
        for path in ROOT.rglob("__init__.py")
        if "migrations" not in path.parts and path.parent.name != "templatetags"
    ]


def docstring(path: Path) -> str | None:
    return ast.get_docstring(ast.parse(path.read_text()))


def reads_the_clock(node: ast.AST) -> bool:
    """clock.now(), timezone.now(), datetime.now(), date.today() and the like."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("now", "utcnow", "today", "localdate")
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in ("clock", "timezone", "datetime", "date")
    )
