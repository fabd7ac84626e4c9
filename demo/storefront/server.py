"""The shop's own tiny server: pages, drawings, and a login that signs who is there."""

import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

from demo import days
from demo.storefront import forum, pages
from demo.storefront.forum import POSTS, Post
from demo.storefront.goods import VIEWS, Customer, customers, drawing, found, products
from demo.storefront.signing import sign

FILES = Path(__file__).parent / "files"
TYPES = {".css": "text/css", ".js": "text/javascript"}
PASSWORD = "ihlamur"  # noqa: S105 (of every account of this demo)
LARGEST = 10_000


@dataclass
class Shop:
    """Where Muhatap stands and what it gave this shop; who is logged in here, by their session; what people post on its forum."""

    muhatap: str
    site_key: str = ""
    site_secret: str = ""
    chat_key: str = ""
    chat_secret: str = ""
    survey_key: str = ""
    sessions: dict[str, Customer] = field(default_factory=dict)
    posts: list[Post] = field(default_factory=lambda: list(POSTS))

    @property
    def policy(self) -> str:
        return (
            f"default-src 'none'; script-src 'self' {self.muhatap}; connect-src 'self' {self.muhatap}; style-src 'self'; "
            "img-src 'self' data:; form-action 'self'; base-uri 'none'"
        )

    def tags(self, customer: Customer | None, *, has_agreed: bool) -> str:
        """What a shop puts on its pages: two tags, with signatures where somebody is logged in."""
        who = {"number": customer.number, "email": customer.email, "name": customer.name} if customer else None
        told = sign(self.site_secret, **who) if who else ""
        said = sign(self.chat_secret, **who) if who else ""
        consent = "yes" if has_agreed else "no"
        found = ""
        if self.site_key:
            found += _tag(self.muhatap, "muhatap.js", key=self.site_key, consent=consent, identity=told)
        if self.chat_key:
            found += _tag(self.muhatap, "chat.js", inbox=self.chat_key, identity=said)
        if self.survey_key:
            found += _tag(
                self.muhatap, "survey.js", survey=self.survey_key, consent=consent, site=self.site_key, identity=told
            )
        return found


def serve(shop: Shop, *, port: int = 0) -> ThreadingHTTPServer:
    """The server, not running yet; port 0 takes a free one."""

    class Handler(_Handler):
        at = shop

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


class _Handler(BaseHTTPRequestHandler):
    at: Shop

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        path, query = unquote(parts.path), parse_qs(parts.query)
        if path.startswith("/dosya/") and (name := path.removeprefix("/dosya/")) in {
            one.name for one in FILES.iterdir()
        }:
            self._send(200, (FILES / name).read_text(encoding="utf-8"), TYPES[Path(name).suffix])
        elif path == "/forum.atom":
            self._send(
                200,
                forum.feed(now=datetime.now(days.HERE), posts=tuple(self.at.posts)).decode(),
                "application/atom+xml",
            )
        elif path.startswith("/resim/"):
            self._picture(*path.removeprefix("/resim/").removesuffix(".svg").split("/"))
        elif page := self._page(path, query):
            self._send(200, self._framed(page))
        else:
            self._send(404, self._framed(pages.nothing()))

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        told = json.loads(self.rfile.read(size) or b"{}") if size < LARGEST else {}
        if self.path == "/giris":
            self._log_in(told)
        elif self.path == "/cikis":
            self.at.sessions.pop(self._cookie("oturum"), None)
            self._send(200, "{}", "application/json")
        else:
            self._send(404, "{}", "application/json")

    def log_message(self, *arguments: object) -> None:
        pass

    def _log_in(self, told: dict[str, str]) -> None:
        customer = customers().get(str(told.get("email", "")).strip().lower())
        if customer is None or told.get("password") != PASSWORD:
            self._send(403, "{}", "application/json")
            return
        session = secrets.token_urlsafe(24)
        self.at.sessions[session] = customer
        who = {"number": customer.number, "email": customer.email, "name": customer.name}
        answer = {
            "number": customer.number,
            "identity": sign(self.at.site_secret, **who),
            "chat": sign(self.at.chat_secret, **who),
        }
        self._send(
            200, json.dumps(answer), "application/json", cookie=f"oturum={session}; Path=/; HttpOnly; SameSite=Lax"
        )

    def _page(self, path: str, query: dict[str, list[str]]) -> pages.Page | None:
        if path == "/":
            return pages.home(list(products().values())[:3])
        if path == "/urunler/":
            asked = query.get("ara", [""])[0]
            return pages.listing(found(asked), asked)
        if path.startswith("/urun/") and (product := products().get(path.split("/")[2])):
            return pages.product(product)
        standing = {"/sepet/": pages.cart, "/odeme/": pages.checkout, "/giris/": pages.login}
        if path in standing:
            return standing[path]()
        return pages.account(self._customer()) if path == "/hesabim/" else None

    def _framed(self, page: pages.Page) -> str:
        customer = self._customer()
        tags = self.at.tags(customer, has_agreed=self._cookie("onay") == "evet")
        return pages.framed(page, tags=tags, customer=customer)

    def _customer(self) -> Customer | None:
        return self.at.sessions.get(self._cookie("oturum"))

    def _cookie(self, name: str) -> str:
        kept = SimpleCookie(self.headers.get("Cookie", "")).get(name)
        return kept.value if kept else ""

    def _picture(self, *named: str) -> None:
        product = products().get(named[0])
        if product is None or len(named) != 3 or named[2] not in VIEWS:
            self._send(404, "")
            return
        self._send(200, drawing(product, named[1], named[2]), "image/svg+xml")

    def _send(self, status: int, text: str, kind: str = "text/html", *, cookie: str = "") -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", self.at.policy)
        if cookie:
            self.send_header("Set-Cookie", cookie)
        self.end_headers()
        self.wfile.write(body)


def _tag(muhatap: str, script: str, **data: str) -> str:
    told = "".join(f' data-{name}="{escape(value)}"' for name, value in data.items())
    return f'<script src="{escape(muhatap)}/embed/{quote(script)}"{told} async></script>'
