"""What the machine decides and we only read: every setting of an installation, typed and checked at the start.

Only the standard library is used here, so that a wrong value is told in words before anything else is loaded.
"""

import os
import re
import secrets
import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from muhatap.shared.words import gettext as _

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("tr", "en")
T = TypeVar("T")


class BadEnvironment(Exception):
    """The environment holds values we cannot start with; the text names each of them."""


@dataclass(frozen=True, kw_only=True)
class Environment:
    """The settings of one installation. `database_url` None means: run our own server in `data`."""

    database_url: str | None
    data: Path
    secret_key: str
    url: str
    hosts: tuple[str, ...]
    bind_host: str
    bind_port: int
    proxies: tuple[str, ...]
    language: str
    time_zone: str
    debug: bool
    web_workers: int
    job_workers: int
    postgres_bin: Path | None
    postgres_memory_mb: int | None
    max_upload_mb: int
    smtp_url: str | None
    mail_from: str
    webhooks_may_be_private: bool
    assistant_may_be_private: bool
    engine: str
    engine_memory_mb: int
    engine_threads: int | None
    engine_seconds: int
    lake: str
    lake_endpoint: str
    lake_region: str
    lake_key: str
    lake_secret: str

    @property
    def bind(self) -> str:
        host = f"[{self.bind_host}]" if ":" in self.bind_host else self.bind_host
        return f"{host}:{self.bind_port}"

    @property
    def is_https(self) -> bool:
        return self.url.startswith("https://")


def read(environ: Mapping[str, str] | None = None) -> Environment:
    """Reads and checks every setting; keeps a new secret key in the data folder when none is given.

    Raises BadEnvironment with one sentence per wrong value.
    """
    values = _Values(os.environ if environ is None else environ)
    host, port = values.take("MUHATAP_BIND", "127.0.0.1:8000", _bind)
    url = values.take("MUHATAP_URL", f"http://localhost:{port}", _url)
    environment = Environment(
        database_url=values.take("DATABASE_URL", "", _database_url),
        data=values.take("MUHATAP_DATA", str(Path.cwd() / "data"), _folder),
        secret_key=values.take("MUHATAP_SECRET_KEY", "", _secret_key),
        url=url,
        hosts=(urlsplit(url).hostname or "localhost", *values.take("MUHATAP_HOSTS", "", _list)),
        bind_host=host,
        bind_port=port,
        proxies=values.take("MUHATAP_PROXIES", "127.0.0.1", _list),
        language=values.take("MUHATAP_LANGUAGE", "tr", _language),
        time_zone=values.take("MUHATAP_TIME_ZONE", "Europe/Istanbul", _time_zone),
        debug=values.take("MUHATAP_DEBUG", "no", _yes_or_no),
        web_workers=values.take("MUHATAP_WEB_WORKERS", "1", _number(1, 64)),
        job_workers=values.take("MUHATAP_JOB_WORKERS", "1", _number(1, 64)),
        postgres_bin=values.take("MUHATAP_POSTGRES_BIN", "", _postgres_bin),
        postgres_memory_mb=values.take("MUHATAP_POSTGRES_MEMORY_MB", "0", _number(0, 1_000_000)) or None,
        max_upload_mb=values.take("MUHATAP_MAX_UPLOAD_MB", "25", _number(1, 1024)),
        smtp_url=values.take("MUHATAP_SMTP_URL", "", _smtp_url),
        mail_from=values.take("MUHATAP_MAIL_FROM", f"muhatap@{urlsplit(url).hostname}", _mail_from),
        webhooks_may_be_private=values.take("MUHATAP_WEBHOOKS_MAY_BE_PRIVATE", "no", _yes_or_no),
        assistant_may_be_private=values.take("MUHATAP_ASSISTANT_MAY_BE_PRIVATE", "no", _yes_or_no),
        engine=values.take("MUHATAP_ENGINE", "duckdb", _engine),
        engine_memory_mb=values.take("MUHATAP_ENGINE_MEMORY_MB", "1024", _number(128, 1_000_000)),
        engine_threads=values.take("MUHATAP_ENGINE_THREADS", "0", _number(0, 1024)) or None,
        engine_seconds=values.take("MUHATAP_ENGINE_SECONDS", "20", _number(1, 3600)),
        lake=values.take("MUHATAP_LAKE", "", _lake),
        lake_endpoint=values.take("MUHATAP_LAKE_ENDPOINT", "", _endpoint),
        lake_region=values.take("MUHATAP_LAKE_REGION", "", _region),
        lake_key=values.take("MUHATAP_LAKE_KEY", "", str),
        lake_secret=values.take("MUHATAP_LAKE_SECRET", "", str),
    )
    if bool(environment.lake_key) != bool(environment.lake_secret):
        values.faults.append(_("MUHATAP_LAKE_KEY and MUHATAP_LAKE_SECRET belong together; give both or neither."))
    values.complain()
    return environment if environment.secret_key else replace(environment, secret_key=kept_secret(environment.data))


def kept_secret(data: Path) -> str:
    """The secret key of this data folder, made on first use and readable by its owner only.

    Raises BadEnvironment when the folder can't be written.
    """
    path = data / "secret-key"
    try:
        if not path.exists():
            _keep_once(path, secrets.token_urlsafe(64))
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        reason = _("MUHATAP_DATA: the secret key cannot be kept in %(path)s (%(reason)s).")
        raise BadEnvironment(reason % {"path": path, "reason": error.strerror}) from error


def _keep_once(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # unlike a rename, a link never replaces the key another process kept meanwhile
    except FileExistsError:
        pass
    finally:
        draft.unlink()


class _Values:
    """Reads names one by one and remembers what was wrong, so that all of it can be mended at once."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.faults: list[str] = []

    def take(self, name: str, default: str, parse: Callable[[str], T]) -> T:
        try:
            return parse(self._text(name) or default)
        except ValueError as error:
            self.faults.append(f"{name}: {error}")
            return parse(default)

    def _text(self, name: str) -> str:
        path = self.environ.get(f"{name}_FILE", "").strip()
        value = self.environ.get(name, "").strip()
        if path and value:
            raise ValueError(_("is given twice, also as %(name)s; remove one.") % {"name": f"{name}_FILE"})
        if not path:
            return value
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = _("the file %(path)s cannot be read (%(reason)s).")
            raise ValueError(reason % {"path": path, "reason": error}) from error

    def complain(self) -> None:
        if self.faults:
            raise BadEnvironment("\n".join(self.faults))


def _folder(text: str) -> Path:
    path = Path(text).expanduser().absolute()
    if path.exists() and not path.is_dir():
        raise ValueError(_("%(path)s is a file; give a folder.") % {"path": path})
    return path


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(_("“%(text)s” is not an address such as https://destek.example.com.") % {"text": text})
    if parts.path.strip("/"):
        raise ValueError(_("“%(text)s” has a path; Muhatap needs a host name of its own.") % {"text": text})
    return f"{parts.scheme}://{parts.netloc}"


def _bind(text: str) -> tuple[str, int]:
    match = re.fullmatch(r"(?:\[([0-9a-fA-F:]+)\]|([^:\s]+)):(\d{1,5})", text)
    if not match or not 0 < int(match[3]) < 65536:
        raise ValueError(_("“%(text)s” is not host:port, such as 127.0.0.1:8000.") % {"text": text})
    return match[1] or match[2], int(match[3])


def _database_url(text: str) -> str | None:
    if text and urlsplit(text).scheme not in ("postgres", "postgresql"):
        raise ValueError(_("does not begin with postgresql://; only PostgreSQL is supported."))
    return text or None


def _smtp_url(text: str) -> str | None:
    parts = urlsplit(text)
    if text and (parts.scheme not in ("smtp", "smtps", "smtp+plain") or not parts.hostname):
        raise ValueError(_("is not an address such as smtp://name:password@mail.example.com:587."))
    return text or None


def _mail_from(text: str) -> str:
    if not re.fullmatch(r"[^@\r\n]+@[^@\s]+", text):
        raise ValueError(_("“%(text)s” is not an e-mail address.") % {"text": text})
    return text


def _language(text: str) -> str:
    if text not in LANGUAGES:
        raise ValueError(_("“%(text)s” is not one of %(words)s.") % {"text": text, "words": ", ".join(LANGUAGES)})
    return text


def _time_zone(text: str) -> str:
    try:
        zoneinfo.ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        reason = _("“%(text)s” is not a known time zone, such as Europe/Istanbul.")
        raise ValueError(reason % {"text": text}) from error
    return text


def _yes_or_no(text: str) -> bool:
    word = text.casefold()
    if word not in ("yes", "true", "1", "on", "no", "false", "0", "off"):
        raise ValueError(_("“%(text)s” is neither yes nor no.") % {"text": text})
    return word in ("yes", "true", "1", "on")


def _number(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
            reason = _("“%(text)s” is not a whole number from %(least)d to %(most)d.")
            raise ValueError(reason % {"text": text, "least": least, "most": most})
        return int(text)

    return parse


def _postgres_bin(text: str) -> Path | None:
    if not text:
        return None
    missing = [name for name in ("initdb", "postgres") if not os.access(Path(text) / name, os.X_OK)]
    if missing:
        raise ValueError(
            _("%(folder)s holds no program named %(names)s.") % {"folder": text, "names": ", ".join(missing)}
        )
    return Path(text)


def _secret_key(text: str) -> str:
    if text and len(text) < 32:
        raise ValueError(_("is shorter than 32 characters; leave it out and one is made for you."))
    return text


def _engine(text: str) -> str:
    if text != "duckdb" and not re.fullmatch(r"(spark|sc)://\S+|local\[(\d+|\*)\]", text):
        raise ValueError(
            _("“%(text)s” is neither duckdb nor the address of a cluster, such as spark://host:7077.") % {"text": text}
        )
    return text


def _lake(text: str) -> str:
    if (
        re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[\w.=-]+)*/?", text, re.ASCII)
        and "/../" not in f"{text}/"
    ):
        return text.rstrip("/")
    if "://" in text:
        raise ValueError(
            _("“%(text)s” is neither a folder nor the address of a bucket, such as s3://ihlamur/lake.") % {"text": text}
        )
    return str(_folder(text)) if text else ""


def _endpoint(text: str) -> str:
    parts = urlsplit(text)
    is_address = parts.scheme in ("http", "https") and parts.hostname and not (parts.query or parts.fragment)
    if text and (not is_address or parts.path.strip("/") or parts.username):
        raise ValueError(_("“%(text)s” is not an address such as https://s3.example.com:9000.") % {"text": text})
    return f"{parts.scheme}://{parts.netloc}" if text else ""


def _region(text: str) -> str:
    if text and not re.fullmatch(r"[a-zA-Z0-9-]{1,40}", text):
        raise ValueError(_("“%(text)s” is not the name of a region, such as eu-central-1.") % {"text": text})
    return text


def _list(text: str) -> tuple[str, ...]:
    return tuple(word for word in re.split(r"[,\s]+", text) if word)
