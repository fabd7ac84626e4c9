"""Installs the published client that one test of the collector drives, where there is Node; never waits long for it.

Without Node, or without a way to its packages, the test is left out.
"""

import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "node"
PATIENCE = 60.0  # seconds
COMMAND = ["install", "--no-package-lock", "--no-audit", "--no-fund", "--fetch-retries=0", "--fetch-timeout=15000"]


def main() -> int:
    npm = shutil.which("npm")
    if npm is None or (FOLDER / "node_modules").exists():
        return 0
    quiet = subprocess.DEVNULL
    try:
        subprocess.run(
            [npm, *COMMAND], cwd=FOLDER, stdin=quiet, stdout=quiet, stderr=quiet, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        shutil.rmtree(FOLDER / "node_modules", ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
