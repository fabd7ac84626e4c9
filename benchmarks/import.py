"""The speed claim of imports: a million rows of CSV, matched by e-mail and recorded, at one rate from first to last, and taken back.

make bench NAME=import [SIZE=small]        or another number of rows: python -m benchmarks.import --rows 100000

A tenth of the rows speak of contacts who are known already, one in fifty of somebody whom an earlier row spoke of.
"""

import argparse
import csv
import random
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from benchmarks.report import at_least, at_most, progress, tell
from benchmarks.surroundings import Installation

ROWS_OF = {"full": 1_000_000, "small": 2_000}
MINUTES = 5.0
CONSTANT = 0.7  # the last tenth's rate over the first's
MEMORY_MB = 60  # what may be added between the first tenth and the end
HEADER = ["Ad Soyad", "E-posta", "Telefon", "Şehir", "Firma", "Etiketler", "Müşteri no"]


def _words(text: str) -> list[str]:
    return text.split()


FIRST = _words("Ayşe Mehmet Elif Hakan İpek Oğuz Gülşen Fatih Şule Zeynep Can Deniz Selin Mert Ece Emre Merve Burak")
LAST = _words("Yılmaz Kaya Şahin Demir Güneş Çelik Işık Öztürk Çağlar Arslan Aydın Koç Ak Usta Tan Yıldız Doğan Aksoy")
CITIES = _words("İstanbul Ankara İzmir Bursa Antalya Adana Konya Gaziantep Mersin Kayseri Eskişehir Samsun")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", choices=list(ROWS_OF), default="full")
    parser.add_argument("--rows", type=int, default=0)
    parser.add_argument(
        "--data", type=Path, help="keep the database in this folder, or begin with the empty one that is there"
    )
    arguments = parser.parse_args()
    n = arguments.rows or ROWS_OF[arguments.size]
    with ExitStack() as stack:
        folder = arguments.data or Path(tempfile.mkdtemp(prefix="muhatap-bench-", dir="/var/tmp"))
        if not arguments.data:
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        home = stack.enter_context(Installation(folder / "data"))
        return int(not measure(folder, n, home.postgres_version()))


def measure(folder: Path, n: int, postgres: str) -> bool:
    """Run the import and take it back; tells the figures."""
    known, whole = folder / "known.csv", folder / "whole.csv"
    write(known, range(0, n, 10), random.Random(1))
    write(whole, (row if row % 50 else max(row - 25, 0) for row in range(n)), random.Random(2))
    progress(f"{n} rows, {whole.stat().st_size >> 20} MB")
    taken(known)
    begun, worked = time.monotonic(), time.process_time()
    one = uploaded(whole)
    reading = time.monotonic() - begun
    progress(f"read in {reading:.1f} s")
    slices = taken_slices(one)
    seconds, worked = reading + slices[-1][1], time.process_time() - worked
    undoing = given_back(one)
    first, last = rate(slices, 0.0, 0.1), rate(slices, 0.9, 1.0)
    grown = slices[-1][2] - next(memory for done, _, memory in slices if done >= n / 10)
    goal = MINUTES * 60 * n / ROWS_OF["full"] if n >= 100_000 else MINUTES * 60
    return tell(
        "import",
        {
            "import_s": at_most(
                round(seconds, 1),
                goal,
                reading=round(reading, 1),
                rows_a_second=round(n / seconds),
                python_cpu_s=round(worked, 1),
            ),
            "rate_last_over_first": at_least(
                round(last / first, 2), CONSTANT if n >= 100_000 else 0.0, first=round(first), last=round(last)
            ),
            "memory_grown_mb": at_most(round(grown, 1), MEMORY_MB, peak=round(slices[-1][2])),
            "undo_s": at_most(round(undoing, 1), goal),
            "contacts_left": at_most(left_over(), 0),
        },
        postgres=postgres,
        rows=n,
        counts=counts(one),
    )


def write(path: Path, people: Iterator[int] | range, chance: random.Random) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADER)
        for person in people:
            mobile = f"05{30 + person % 9}{person % 10_000_000:07d}"
            company = f"Firma {person % 997}" if person % 5 == 0 else ""
            name = f"{chance.choice(FIRST)} {chance.choice(LAST)}"
            email = f"musteri{person}@ornek{person % 40}.example"
            writer.writerow([name, email, mobile, chance.choice(CITIES), company, "Bülten", person + 10_000])


def uploaded(path: Path) -> int:
    """Put the file up, read it, say what its columns mean; gives the import's number."""
    from muhatap.accounts.models import Role, User
    from muhatap.imports import mapping, uploading
    from muhatap.shared import clock

    by = User.objects.filter(email="deniz@ihlamurev.example").first() or User.objects.create_user(
        "deniz@ihlamurev.example", "ihlamur-kokusu-42", name="Deniz Koç", role=Role.OWNER
    )
    one = uploading.begin(name=path.name, chunks=pieces(path), by=by, at=clock.now())
    uploading.read(import_id=one.pk, at=clock.now())
    one.refresh_from_db()
    chosen = mapping.Chosen(columns=one.columns, match="email", mode="both")
    mapping.choose(one=one, chosen=chosen, by=by, at=clock.now())
    return int(one.pk)


def pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            yield piece


def taken(path: Path) -> None:
    taken_slices(uploaded(path))


def taken_slices(number: int) -> list[tuple[int, float, float]]:
    """Run it; after each job the rows done, the seconds since the beginning and the memory of this process in MB."""
    from muhatap.imports import running
    from muhatap.imports.models import Import
    from muhatap.shared import clock

    Import.objects.filter(pk=number).update(state="running", began_at=clock.now())
    begun, found = time.monotonic(), list[tuple[int, float, float]]()
    while Import.objects.get(pk=number).state == "running":
        running.go_on(import_id=number, at=clock.now())
        done = Import.objects.get(pk=number).n_done
        found.append((done, time.monotonic() - begun, memory()))
        if len(found) % 5 == 0:
            progress(f"{done} rows, {done / found[-1][1]:.0f} a second, {found[-1][2]:.0f} MB")
    return found


def given_back(number: int) -> float:
    from muhatap.accounts.models import User
    from muhatap.imports import running
    from muhatap.imports.models import Import
    from muhatap.shared import clock

    begun = time.monotonic()
    running.undo(one=Import.objects.get(pk=number), by=User.objects.get(), at=clock.now())
    while Import.objects.get(pk=number).state == "undoing":
        running.go_on(import_id=number, at=clock.now())
        progress(f"taken back: {Import.objects.get(pk=number).undo_counts}")
    return time.monotonic() - begun


def left_over() -> int:
    """Contacts that the import brought and that are still there."""
    from muhatap.contacts.models import Contact
    from muhatap.imports.models import Import

    return Contact.objects.count() - Import.objects.order_by("pk")[0].n_rows


def counts(number: int) -> dict[str, dict[str, int]]:
    from muhatap.imports.models import Import

    one = Import.objects.get(pk=number)
    return {"taken": one.counts, "given_back": one.undo_counts}


def rate(slices: list[tuple[int, float, float]], start: float, end: float) -> float:
    """Rows a second between two shares of the whole."""
    n = slices[-1][0]
    inside = [(0, 0.0), *((done, at) for done, at, _ in slices)]
    low = max(one for one in inside if one[0] <= n * start)
    high = min(one for one in inside if one[0] >= n * end)
    return (high[0] - low[0]) / max(high[1] - low[1], 0.001)


def memory() -> float:
    """What this process holds now, or held at most where the system does not say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * resource.getpagesize() / (1 << 20)
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    raise SystemExit(main())
