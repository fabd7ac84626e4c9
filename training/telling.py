"""How far the making of the model is, on standard error."""

import sys
import time

BEGUN = time.monotonic()


def say(line: str) -> None:
    print(f"{time.monotonic() - BEGUN:6.1f} s  {line}", file=sys.stderr, flush=True)
