"""The machine and the files: Python, the data folder, the secret key, translations, static files, the public address."""

import http.client
import os
import shutil
import ssl
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from muhatap.config import supervisor
from muhatap.config.doctor.finding import Finding, fine, look, wrong
from muhatap.config.environment import Environment
from muhatap.shared.words import LOCALE
from muhatap.shared.words import gettext as _

_MB = 1024 * 1024
_LITTLE_ROOM_MB, _NO_ROOM_MB = 2048, 256


def python(settings: Environment) -> Iterator[Finding]:
    yield fine(_("Python %(version)s.") % {"version": sys.version.split()[0]})


def data_folder(settings: Environment) -> Iterator[Finding]:
    folder = settings.data
    if not os.access(folder, os.W_OK | os.X_OK):
        yield wrong(
            _("The data folder %(folder)s cannot be written.") % {"folder": folder},
            _("Give it to the account that runs Muhatap, or set MUHATAP_DATA."),
        )
        return
    free = shutil.disk_usage(folder).free // _MB
    told = {"folder": folder, "free": free}
    if free >= _LITTLE_ROOM_MB:
        yield fine(_("The data folder %(folder)s has %(free)d MB of room.") % told)
    else:
        say = wrong if free < _NO_ROOM_MB else look
        yield say(
            _("The disk of %(folder)s has only %(free)d MB of room.") % told,
            _("Make room, or move the data folder to a larger disk."),
        )


def secret_key(settings: Environment) -> Iterator[Finding]:
    kept = settings.data / "secret-key"
    if kept.exists() and kept.stat().st_mode & 0o077:
        yield wrong(_("Others can read %(path)s.") % {"path": kept}, f"chmod 600 {kept}")
    else:
        yield fine(_("The secret key is kept to ourselves."))


def translations(settings: Environment) -> Iterator[Finding]:
    stale = [source for source in LOCALE.glob("*/LC_MESSAGES/*.po") if _is_stale(source)]
    if stale:
        yield wrong(
            _("The translations are not compiled: %(names)s.") % {"names": ", ".join(map(str, stale))},
            "python -m tools.messages compile",
        )
    else:
        yield fine(_("The translations are compiled."))


def _is_stale(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime


def static_files(settings: Environment) -> Iterator[Finding]:
    if next((settings.data / "static").glob("*"), None):
        yield fine(_("The static files are collected."))
    else:
        yield wrong(_("The static files are not collected."), "muhatap manage collectstatic --no-input")


def running(settings: Environment) -> Iterator[Finding]:
    if supervisor.is_serving(settings.data):
        yield fine(_("Muhatap is running."))
    else:
        yield wrong(_("Muhatap is not running."), "muhatap serve")


def public_address(settings: Environment) -> Iterator[Finding]:
    parts = urlsplit(settings.url)
    if parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        yield look(
            _("%(url)s is not encrypted: passwords travel in the open.") % {"url": settings.url},
            _("Put a reverse proxy with a certificate in front; deploy/ has an example."),
        )
    trouble = _visit(settings.url) if supervisor.is_serving(settings.data) else ""
    if trouble:
        yield wrong(
            _("%(url)s does not answer (%(reason)s).") % {"url": settings.url, "reason": trouble},
            _("Check MUHATAP_URL, the name's address and the reverse proxy."),
        )
    elif supervisor.is_serving(settings.data):
        yield fine(_("%(url)s answers.") % {"url": settings.url})


def _visit(url: str) -> str:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=5)
    try:
        connection.request("GET", "/")
        status = connection.getresponse().status
    except (OSError, ssl.SSLError, http.client.HTTPException) as error:
        return str(error)
    finally:
        connection.close()
    return "" if status < 500 else str(status)
