"""What deploy/ offers to copy: a visitor cannot choose the address by which their tries are counted."""

import re
from pathlib import Path

import yaml
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from tests import loops

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
VISITOR, FORGED = "203.0.113.9", "198.51.100.66"


def seen_address(proxies: str, peer: str, forwarded: str) -> str:
    """The client's address as the product sees it behind these settings."""
    seen: list[str] = []

    async def product(scope, receive, send) -> None:
        seen.append(scope["client"][0])

    scope = {"type": "http", "client": (peer, 1), "headers": [(b"x-forwarded-for", forwarded.encode())]}
    loops.run(ProxyHeadersMiddleware(product, trusted_hosts=proxies.split(","))(scope, None, None))
    return seen[0]


def test_nginx_tells_only_the_address_it_saw_itself() -> None:
    told = re.findall(r"X-Forwarded-For\s+(\S+);", (DEPLOY / "nginx.conf").read_text())
    assert told == ["$remote_addr"]


def test_the_container_believes_the_proxy_of_its_machine_and_nobody_else() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yml").read_text())
    proxies = compose["services"]["muhatap"]["environment"]["MUHATAP_PROXIES"]
    gateway = compose["networks"]["default"]["ipam"]["config"][0]["gateway"]

    assert seen_address(proxies, peer=gateway, forwarded=VISITOR) == VISITOR
    assert seen_address(proxies, peer=gateway, forwarded=f"{FORGED}, {VISITOR}") == VISITOR
    assert seen_address(proxies, peer="172.31.84.7", forwarded=FORGED) == "172.31.84.7"
