"""What every test stands on: one real PostgreSQL for the run, a database per worker, the named cast."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import TransactionTestCase

from tests import database, emptying
from tests.browser import (  # noqa: F401 (fixtures)
    browser_context_args,
    browser_type_launch_args,
    leave_out_where_there_is_none,
)

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright's loop lives in the test's own thread


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, in whatever order they are: at the end one worker would wait for the other's."""
    leave_out_where_there_is_none(items)
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Where the tests are handed out, or run when there is one process: its workers are collecting meanwhile."""
    if not session.config.option.collectonly:
        database.start()
    _let_what_stands_be()


def _let_what_stands_be() -> None:
    """Modules and tests stay to the end: looking through them for garbage again and again is a good part of a run's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Each worker's database is a copy of the one that is migrated. A developer may name theirs apart from others on the same server."""
    from django.conf import settings

    test = settings.DATABASES["default"].setdefault("TEST", {})
    if template := os.environ.get("PYTEST_DB_TEMPLATE"):
        test["TEMPLATE"] = template
    if name := os.environ.get("PYTEST_DB"):
        suffix = os.environ.get("PYTEST_XDIST_WORKER", "")
        test["NAME"] = f"test_{name}{'_' + suffix if suffix else ''}"


@pytest.fixture(autouse=True, scope="session")
def _empty_quickly() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: emptying.empty())
        yield


@pytest.fixture(autouse=True)
def _nothing_in_the_cache() -> None:
    """Whoever logs in often from one address has to wait, and all tests of a process come from one."""
    from django.core.cache import cache

    cache.clear()


@pytest.fixture(autouse=True)
def _own_data_folder(tmp_path: Path, settings: object) -> None:
    settings.DATA_DIR = tmp_path  # type: ignore[attr-defined]
