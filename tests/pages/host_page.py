"""Somebody else's site for tests of the widget: another origin, a strict policy, and styles that would harm if they could."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from playwright.sync_api import Page

HERE = "'muhatap' in window"  # the tracker
HARM = "* { display: inline !important; color: red !important; font-size: 40px !important } button { pointer-events: none }"


class Host:
    """A page with one button that counts its clicks, and whatever tag is put on it."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.server = server
        self.tag = ""
        self.origin = f"http://localhost:{server.server_address[1]}"
        self.policy = ""
        self.lang = "tr"

    @property
    def url(self) -> str:
        return f"{self.origin}/sofra/onluk"

    def wear(self, script: str, *, name: str = "chat.js", **attributes: str) -> None:
        """Put the tag of a script of ours on the page; the policy then lets in what the settings page says is needed, no more."""
        told = "".join(f' data-{name}="{value}"' for name, value in attributes.items())
        self.tag = f'<script src="{script}/embed/{name}"{told} async></script>'
        self.policy = f"default-src 'none'; script-src 'self' {script}; connect-src {script}; style-src 'self'"


def _handler(host_of: list[Host]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host = host_of[0]
            kind, content = {
                "/page.css": ("text/css", HARM),
                "/page.js": ("text/javascript", COUNT),
                "/favicon.ico": ("image/x-icon", ""),
            }.get(self.path, ("text/html", PAGE.format(tag=host.tag, lang=host.lang)))
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Security-Policy", host.policy)
            self.end_headers()
            self.wfile.write(content.encode())

        def log_message(self, *arguments: object) -> None:
            pass

    return Handler


PAGE = """<!doctype html><html lang="{lang}"><head><title>Keten mutfak önlüğü</title><link rel="stylesheet" href="/page.css">
<script src="/page.js" defer></script>{tag}</head>
<body><main><h1>Önlük</h1><p id="clicks">0</p><a href="#sepet" id="buy">Sepete ekle</a></main></body></html>"""
COUNT = """window.problems = [];
addEventListener("error", (e) => problems.push(String(e.message)));
addEventListener("unhandledrejection", (e) => problems.push(String(e.reason)));
addEventListener("securitypolicyviolation", (e) => problems.push("policy " + e.violatedDirective + " " + e.blockedURI));
document.querySelector("#buy").addEventListener("click", () => { clicks.textContent = Number(clicks.textContent) + 1; });"""


@contextmanager
def standing() -> Iterator[Host]:
    hosts: list[Host] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(hosts))
    hosts.append(Host(server))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield hosts[0]
    finally:
        server.shutdown()
        server.server_close()


def awaited(page: Page, said: str = HERE) -> Any:
    """What an expression says as soon as it says something; without one, that the tracker is there.

    Not by wait_for_function: what that evaluates later, the policy of the page forbids.
    """
    while not (told := page.evaluate(said)):
        page.wait_for_timeout(20)
    return told
