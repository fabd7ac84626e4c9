"""What the machine has that we run on."""

import os
from pathlib import Path

_MB = 1024 * 1024
_LEAST_MB = 512
_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def memory_mb() -> int:
    """The memory we may count on: the machine's, or the container's share of it."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for limit in _LIMITS:
        try:
            whole = min(whole, int(limit.read_text()))
        except (OSError, ValueError):
            continue
    return max(whole // _MB, _LEAST_MB)
