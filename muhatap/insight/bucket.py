"""The lake in an S3-compatible store: MUHATAP_LAKE=s3://bucket/prefix. Arrow's own client speaks to it, so nothing is installed or downloaded.

Whoever sets up the machine says where it is, as with the database; no screen does. So the address may be a neighbour's, and nothing
that strangers give us leads there. An object is there whole or not at all; one that is replaced while a question reads it breaks
that question (`engine.Moved`).
"""

import ssl
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from functools import lru_cache
from pathlib import Path, PurePath, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

SCHEME = "s3://"
CONNECTING, ANSWERING = 5.0, 20.0  # seconds; three attempts


def is_meant() -> bool:
    return str(settings.LAKE).startswith(SCHEME)


def root() -> PurePosixPath:
    """Bucket and prefix, as the store's client wants them."""
    return PurePosixPath(settings.LAKE.removeprefix(SCHEME))


class Lying:
    """What lies there of a table: one listing, a thousand objects a request."""

    def __init__(self, folder: PurePath) -> None:
        self._folder = PurePosixPath(folder)
        self._files: dict[date, list[PurePosixPath]] = {}
        self._packs: set[str] = set()
        for path in (PurePosixPath(each.path) for each in _listed(folder)):
            if path.parent.name == "packed":
                self._packs.add(path.name)
            elif path.suffix == ".parquet" and path.parent.name.startswith("day="):
                self._files.setdefault(date.fromisoformat(path.parent.name.removeprefix("day=")), []).append(path)

    def days(self) -> list[date]:
        return sorted(self._files)

    def files(self, day: date) -> Sequence[PurePath]:
        return sorted(self._files[day])

    def is_whole(self, pack: PurePath) -> bool:
        """A copy is removed before anything in its month changes, so whichever is here is whole."""
        return pack.name in self._packs


def put(written: Path, target: PurePath) -> None:
    """An object in place of a file that was written aside. Raises OSError."""
    from pyarrow import fs

    _remove_pack(target)
    fs.copy_files(str(written), str(target), source_filesystem=fs.LocalFileSystem(), destination_filesystem=_store())
    stored, ours = _store().get_file_info(str(target)).size, written.stat().st_size
    if stored != ours:
        raise OSError(f"{target}: {ours} bytes were sent, {stored} lie there")


def remove(target: PurePath) -> None:
    """Take an object away, if it is there. Raises OSError."""
    _remove_pack(target)
    with suppress(FileNotFoundError):
        _store().delete_file(str(target))


def dataset(paths: Sequence[PurePath]) -> Any:
    """What DuckDB reads as a table: of each object only the columns and groups of rows that are asked for. Raises OSError."""
    from pyarrow import dataset as datasets

    return datasets.dataset([str(path) for path in paths], format="parquet", filesystem=_store())


def hadoop() -> dict[str, str]:
    """The same address and key for the workers of a Spark cluster."""
    told = {
        "endpoint": settings.LAKE_ENDPOINT,
        "endpoint.region": settings.LAKE_REGION,
        "access.key": settings.LAKE_KEY,
        "secret.key": settings.LAKE_SECRET,
        "path.style.access": "true" if settings.LAKE_ENDPOINT else "",
        "connection.ssl.enabled": "false" if settings.LAKE_ENDPOINT.startswith("http://") else "",
    }
    return {f"spark.hadoop.fs.s3a.{name}": value for name, value in told.items() if value}


def _remove_pack(target: PurePath) -> None:
    if target.parent.name.startswith("day="):
        month = target.parent.name.removeprefix("day=")[:7]
        with suppress(FileNotFoundError):
            _store().delete_file(str(target.parent.parent / "packed" / f"month={month}.parquet"))


def weight(folder: PurePath) -> int:
    """How many bytes lie below it. Raises OSError."""
    return sum(each.size for each in _listed(folder))


def size(paths: Sequence[PurePath]) -> int:
    """How many bytes those of these objects that are there come to. Raises OSError."""
    return sum(each.size or 0 for each in _store().get_file_info([str(path) for path in paths]))


def _listed(folder: PurePath) -> list[Any]:
    from pyarrow import fs

    selector = fs.FileSelector(str(folder), recursive=True, allow_not_found=True)
    return [each for each in _store().get_file_info(selector) if each.is_file]


def _store() -> Any:
    return _opened(settings.LAKE_ENDPOINT, settings.LAKE_REGION, settings.LAKE_KEY, settings.LAKE_SECRET)


@lru_cache(maxsize=1)
def _opened(endpoint: str, region: str, key: str, secret: str) -> Any:
    """Without a key: what the machine is allowed (AWS_…, the role of an instance)."""
    from pyarrow import fs

    where = urlsplit(endpoint)
    return fs.S3FileSystem(
        endpoint_override=where.netloc or None,
        scheme=where.scheme or "https",
        region=region or ("us-east-1" if endpoint else None),
        access_key=key or None,
        secret_key=secret or None,
        connect_timeout=CONNECTING,
        request_timeout=ANSWERING,
        tls_ca_file_path=ssl.get_default_verify_paths().cafile,
    )
