"""The browser of the tests: the system's Chromium or Chrome. Where there is none, its tests are left out and say so."""

import os
import shutil
from typing import Any

import pytest
from playwright.sync_api import expect

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FIXTURES = {"page", "context", "browser", "new_context"}
PATIENCE = 20_000  # milliseconds until something must stand on a page: the machine may be busy, and what is quick does not wait
expect.set_options(timeout=PATIENCE)


def chromium() -> str | None:
    """The path of the browser, or None."""
    named = os.environ.get("MUHATAP_CHROMIUM")
    return next((path for name in (named, *NAMES) if name and (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": chromium()}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Nothing fades while it is looked at: a colour half way is nobody's colour."""
    return {**browser_context_args, "reduced_motion": "reduce"}


def leave_out_where_there_is_none(items: list[pytest.Item]) -> None:
    missing = None if chromium() else pytest.mark.skip(reason="no Chromium or Chrome here")
    for item in items:
        if FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("browser")
            if missing:
                item.add_marker(missing)
