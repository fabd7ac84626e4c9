"""The web process: answers on a socket that the supervisor holds open, so that a restart refuses nobody."""

import asyncio
import os
import socket
import sys

import uvicorn

from muhatap.config import environment, lifeline


def main() -> None:
    """Serves on the listening socket whose number is the first argument."""
    lifeline.hold()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "muhatap.config.settings")
    settings = environment.read()
    listening = socket.socket(fileno=int(sys.argv[1]))
    config = uvicorn.Config(
        "muhatap.config.asgi:application",
        http="auto" if settings.debug else "muhatap.config.lines:Line",  # whose answers no log tells
        log_level="info" if settings.debug else "warning",
        access_log=settings.debug,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=list(settings.proxies),
        timeout_graceful_shutdown=5,  # event streams never end by themselves
        ws="none",
    )
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:  # uvloop where there is one
        runner.run(uvicorn.Server(config).serve(sockets=[listening]))


if __name__ == "__main__":
    main()
