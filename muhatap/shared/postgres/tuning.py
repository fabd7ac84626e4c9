"""The server's settings: PostgreSQL's own defaults are for a machine of the nineties."""

import shutil
from pathlib import Path

from muhatap.shared import machine

_MB = 1024 * 1024
_MOST_BUFFERS_MB = 2048
_LEAST_WAL_MB, _MOST_WAL_MB = 256, 4096


def settings(*, cluster: Path, sockets: Path, memory_mb: int | None, is_durable: bool) -> dict[str, str]:
    """What every start gives the server. `memory_mb` is for its shared buffers, by default a quarter of the machine."""
    chosen = {
        "listen_addresses": "",
        "unix_socket_directories": '"' + str(sockets).replace('"', '""') + '"',
        "unix_socket_permissions": "0700",
        "max_connections": "200",
        "shared_buffers": f"{memory_mb or min(machine.memory_mb() // 4, _MOST_BUFFERS_MB)}MB",
        "max_wal_size": f"{_wal_mb(cluster)}MB",
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_error_verbosity": "terse",  # details hold people's data, which has no place in a log
        "log_min_error_statement": "panic",
    }
    if not is_durable:
        chosen |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
    return chosen


def _wal_mb(folder: Path) -> int:
    return max(_LEAST_WAL_MB, min(_MOST_WAL_MB, shutil.disk_usage(folder).free // _MB // 10))
