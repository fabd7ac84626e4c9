"""Beside django-helpdesk on the same rows: the list, a conversation and a search, clicked in turn by somebody who sees everything.

make bench NAME=helpdesk [SIZE=small]        installs the rival from the package registry into an environment that is thrown away

Both run on one database server, behind uvicorn with four threads, one process each, and are clicked one after the other in the
same minutes. What differs, to be read beside the ratios: its list is a page and the rows that the page's table asks for (25,
ours 40 with counts and deadlines); its search looks at titles and first messages, ours at all messages; a conversation opens as
a whole page there, as the panes that change with us, with the customer's card and what else they wrote; nobody is kept from
anything there, with us the same question is asked for one who may see all.
"""

import argparse
import base64
import http.client
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import psycopg

from benchmarks.crashing.product import free_port
from benchmarks.filling.sizes import SIZES
from benchmarks.report import Figure, at_most, percentile, progress, tell
from benchmarks.rival.moving import move
from benchmarks.surroundings import Installation
from muhatap.shared.postgres import layout

RIVAL = "django-helpdesk==2.6.1"
STACK = ("psycopg[binary]==3.3.9", "uvicorn[standard]", "a2wsgi==1.10.10")
DATABASE = "rival"
WORDS = ("kargo", "fatura", "nevresim", "iade")
PLANS = {"full": ("tenth", 40), "small": ("small", 4)}  # how large a firm, how many clicks of each kind
PATIENCE = 60.0


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", choices=list(PLANS), default="full")
    parser.add_argument("--data", type=Path, help="keep the filled databases and the rival's environment here")
    arguments = parser.parse_args()
    size, n_clicks = PLANS[arguments.size]
    with ExitStack() as stack:
        data = arguments.data or Path(tempfile.mkdtemp(prefix="muhatap-helpdesk-", dir="/var/tmp"))
        if not arguments.data:
            stack.callback(shutil.rmtree, data, ignore_errors=True)
        python = _environment(data / "environment")
        installation = stack.enter_context(Installation(data / size))
        from benchmarks.filling.fill import fill

        fill(data / size, SIZES[size], datetime.now(UTC))
        _fill_rival(data / size, python)
        installation.serve()
        port = stack.enter_context(_serving(data / size, python))
        progress("both serve")
        took = _clicks(installation.port, port, _cookie(data / size, python), n_clicks)
        postgres = installation.postgres_version()
    return int(not tell("helpdesk", figures(took), postgres=postgres, rival=RIVAL, firm=size))


def figures(took: dict[str, tuple[list[float], list[float]]]) -> dict[str, Figure]:
    """Ours must not be slower, at the median and at nineteen of twenty."""
    told = {}
    for name, (ours, theirs) in took.items():
        for percent in (50, 95):
            value, rival = percentile(ours, percent), percentile(theirs, percent)
            told[f"{name}_p{percent}_ms"] = at_most(
                value, rival, rival=rival, ratio=round(value / rival, 3), n=len(ours)
            )
    return told


def _clicks(our_port: int, their_port: int, their_cookie: str, n: int) -> dict[str, tuple[list[float], list[float]]]:
    from benchmarks.clicking.browser import Browser
    from muhatap.accounts.models import User, Visibility
    from muhatap.conversations.models import Conversation

    agent = Browser(our_port, User.objects.filter(visibility=Visibility.ALL).earliest("pk"))
    rival = Rival(their_port, their_cookie)
    dice, numbers = (
        random.Random(3),
        list(Conversation.objects.order_by("-last_message_at").values_list("pk", flat=True)[:2000]),
    )
    took: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in ("list", "open", "search")}
    for place in range(-3, n):  # the first ones are for warming
        number, word = dice.choice(numbers), dice.choice(WORDS)
        ours = {
            "list": agent.click("/inbox/in/all/?order=newest"),
            "open": agent.click(f"/inbox/{number}/", is_part=True),
            "search": agent.click(f"/search/?q={quote(word)}"),
        }
        theirs = {"list": rival.list(), "open": rival.click(f"/tickets/{number}/"), "search": rival.list(word)}
        if place >= 0:
            for name, both in took.items():
                both[0].append(ours[name])
                both[1].append(theirs[name])
    return took


class Rival:
    """Somebody logged in there."""

    def __init__(self, port: int, cookie: str) -> None:
        self.port, self.headers = port, {"Cookie": cookie, "Accept-Encoding": "gzip"}

    def click(self, path: str) -> float:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.connect()
        begun = time.perf_counter()
        connection.request("GET", path, headers=self.headers)
        answer = connection.getresponse()
        answer.read()
        took = (time.perf_counter() - begun) * 1000
        connection.close()
        if answer.status != 200:
            raise RuntimeError(f"{path} answers {answer.status}")
        return took

    def list(self, word: str = "") -> float:
        """The page, and the rows that its table asks for."""
        open_ones = {"status__in": [1, 2]}
        asked = {
            "filtering": {} if word else open_ones,
            "filtering_null": {},
            "sorting": "created",
            "search_string": word,
        }
        query = base64.b64encode(json.dumps({**asked, "sortreverse": True}).encode()).decode()
        page = self.click(f"/tickets/?q={quote(word)}" if word else "/tickets/")
        return page + self.click(f"/datatables_ticket_list/{quote(query)}?draw=1&start=0&length=25")


def _environment(folder: Path) -> Path:
    """A Python that has the rival, made once; its packages come from the registry."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", RIVAL, *STACK]
        subprocess.run(command, check=True, stdout=sys.stderr)
        (folder / "site_of_rival").symlink_to(Path(__file__).parent / "rival" / "site")
        progress(f"{RIVAL} is installed")
    return python


def _settings(data: Path, python: Path) -> dict[str, str]:
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("MUHATAP", "DJANGO", "PYTHON"))
    }
    return inherited | {
        "PYTHONPATH": str(python.parent.parent),
        "DJANGO_SETTINGS_MODULE": "site_of_rival.settings",
        "RIVAL_DATABASE": DATABASE,
        "RIVAL_SOCKET": str(layout.of(data).sockets),
    }


def _fill_rival(data: Path, python: Path) -> None:
    place, filled = layout.of(data), data / "rival-filled"
    if filled.exists():
        return
    with psycopg.connect(place.url(user="postgres", database="muhatap"), autocommit=True) as connection:
        connection.execute(f"drop database if exists {DATABASE}")
        connection.execute(f"create database {DATABASE}")
    command = [str(python), "-m", "django", "migrate", "--verbosity=0"]
    subprocess.run(command, check=True, env=_settings(data, python), stdout=sys.stderr)
    move(place.url(user="postgres", database="muhatap"), place.url(user="postgres", database=DATABASE))
    filled.touch()


def _cookie(data: Path, python: Path) -> str:
    """A login of its first agent, who may do everything there."""
    code = (
        "import django; django.setup()\n"
        "from django.contrib.auth.models import User\n"
        "from django.contrib.sessions.backends.db import SessionStore\n"
        "from helpdesk.models import UserSettings\n"
        "[UserSettings.objects.get_or_create(user=u) for u in User.objects.all()]\n"
        "u = User.objects.earliest('pk'); s = SessionStore()\n"
        "s.update({'_auth_user_id': str(u.pk), '_auth_user_backend': 'django.contrib.auth.backends.ModelBackend',"
        " '_auth_user_hash': u.get_session_auth_hash()}); s.save(); print(s.session_key)"
    )
    done = subprocess.run(
        [str(python), "-c", code], check=True, env=_settings(data, python), stdout=subprocess.PIPE, text=True
    )
    return f"sessionid={done.stdout.split()[-1]}"


@contextmanager
def _serving(data: Path, python: Path) -> Iterator[int]:
    port = free_port()
    command = [
        str(python),
        "-m",
        "uvicorn",
        "site_of_rival.asgi:application",
        f"--port={port}",
        "--log-level=warning",
        "--lifespan=off",
    ]
    with (data / "rival.log").open("wb") as log:
        process = subprocess.Popen(
            command, env=_settings(data, python), stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait(port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/login/")
            if connection.getresponse().status < 500:
                return
        except (OSError, http.client.HTTPException):
            time.sleep(0.3)
        finally:
            connection.close()
    raise RuntimeError("the rival does not answer")


if __name__ == "__main__":
    sys.exit(main())
