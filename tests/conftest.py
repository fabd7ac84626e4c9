"""What every test stands on: one real PostgreSQL for the run, a database per worker, the named cast."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import OperationalError
from django.db.backends.base.operations import BaseDatabaseOperations

from tests.browser import (  # noqa: F401 (fixtures and hook)
    browser_context_args,
    browser_type_launch_args,
    pytest_collection_modifyitems,
)

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright's loop lives in the test's own thread


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """A developer may name the test database apart from others on the same server."""
    from django.conf import settings

    if name := os.environ.get("PYTEST_DB"):
        test = settings.DATABASES["default"].setdefault("TEST", {})
        suffix = os.environ.get("PYTEST_XDIST_WORKER", "")
        test["NAME"] = f"test_{name}{'_' + suffix if suffix else ''}"


@pytest.fixture(autouse=True, scope="session")
def _empty_patiently() -> Iterator[None]:
    """A closing page says goodbye after its test is over; emptying the tables may meet it, and goes again when it has left."""
    once = BaseDatabaseOperations.execute_sql_flush

    def patiently(self: BaseDatabaseOperations, statements: list[str]) -> None:
        for n_left in reversed(range(5)):
            try:
                return once(self, statements)
            except OperationalError as error:
                if "deadlock" not in str(error) or not n_left:
                    raise
        return None

    BaseDatabaseOperations.execute_sql_flush = patiently  # type: ignore[method-assign]
    yield
    BaseDatabaseOperations.execute_sql_flush = once  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _own_data_folder(tmp_path: Path, settings: object) -> None:
    settings.DATA_DIR = tmp_path  # type: ignore[attr-defined]
