"""Processor time of the web process and of PostgreSQL, which tells on a busy machine what a stopwatch cannot; and commits."""

from pathlib import Path

import psutil

from benchmarks.surroundings import Installation


def seconds(installation: Installation) -> tuple[float, float]:
    """Of the web process with its threads, and of the database's processes, since they began."""
    from muhatap.shared.postgres import cluster, layout

    server = psutil.Process(cluster.postmaster(layout.of(installation.data).cluster) or 0)
    ended = server.cpu_times()
    database = sum(_of(one.pid) for one in [server, *server.children()]) + ended.children_user + ended.children_system
    return _of(installation.web_pid), database


def commits() -> int:
    """Of the whole database, as it last told; a busy process tells each second."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select xact_commit from pg_stat_database where datname = current_database()")
        return int(cursor.fetchone()[0])


def _of(number: int) -> float:
    found = 0.0
    for thread in Path(f"/proc/{number}/task").glob("*/schedstat"):
        try:
            found += int(thread.read_text().split()[0]) / 1e9
        except OSError:
            continue  # it has just ended
    return found
