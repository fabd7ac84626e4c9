"""From the acknowledgement of an event to its line on the live page, in a browser.

make bench NAME=visible [SIZE=small]
"""

import argparse
import json
import random
import shutil
import statistics
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from benchmarks.report import at_most, progress, tell
from benchmarks.surroundings import Installation

SIZES = {"full": 60, "small": 15}
GOAL = 5.0  # seconds
WATCH = """() => {
  window.seen = {};
  const look = () => document.querySelectorAll(".now-events .lines-name").forEach((one) => { seen[one.textContent] ||= Date.now(); });
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
}"""


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", choices=list(SIZES), default="full")
    arguments = parser.parse_args()
    data = Path(tempfile.mkdtemp(prefix="muhatap-visible-", dir="/var/tmp"))
    try:
        with Installation(data) as installation:
            postgres, (key, session) = installation.postgres_version(), _reader()
            installation.serve()
            took = _measured(installation.port, key, session, SIZES[arguments.size])
    finally:
        shutil.rmtree(data, ignore_errors=True)
    took.sort()
    figures = {
        "visible_p95_s": at_most(round(took[int(len(took) * 0.95) - 1], 2), GOAL),
        "visible_max_s": at_most(round(took[-1], 2), GOAL, median=round(statistics.median(took), 2)),
    }
    return int(not tell("visible", figures, postgres=postgres))


def _reader() -> tuple[str, str]:
    """The write key of a site, and the session of somebody who may look."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from muhatap.accounts.models import Role, User
    from muhatap.shared import clock
    from muhatap.visits import sites

    user = User.objects.create(email="ece@ihlamurev.example", name="Ece Tan", role=Role.ANALYST, language="en")
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session.create()
    site = sites.create(name="Ihlamur Ev", origins=[], by=user, at=clock.now())
    return site.write_key, str(session.session_key)


def _measured(port: int, key: str, session: str, n: int) -> list[float]:
    from django.conf import settings
    from playwright.sync_api import sync_playwright

    dice = random.Random(5)
    base = f"http://localhost:{port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        context = browser.new_context(base_url=base)
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": base}])
        page = context.new_page()
        _send(port, key, "First")
        page.goto("/insight/web/now/")
        page.evaluate(WATCH)
        taken: dict[str, float] = {}
        for nth in range(n):
            name = f"Event {nth}"
            taken[name] = _send(port, key, name)
            page.wait_for_timeout(dice.uniform(50, 2500))
        page.wait_for_timeout(2 * GOAL * 1000)
        seen: dict[str, Any] = page.evaluate("window.seen")
        browser.close()
    progress(f"{len(seen)} of {n} were seen")
    return [seen[name] / 1000 - at if name in seen else float("inf") for name, at in taken.items()]


def _send(port: int, key: str, name: str) -> float:
    """When it was acknowledged."""
    body = json.dumps({"writeKey": key, "anonymousId": "tarayici", "event": name}).encode()
    request = urllib.request.Request(f"http://localhost:{port}/v1/track", body)
    with urllib.request.urlopen(request, timeout=30) as answer:
        answer.read()
    return time.time()


if __name__ == "__main__":
    raise SystemExit(main())
