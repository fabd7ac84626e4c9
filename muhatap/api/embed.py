"""What firms put on their own sites: the scripts of chat and tracker, and a small shop to see them at work."""

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.views.decorators.http import require_safe

from muhatap.channels.models import Inbox
from muhatap.channels.webchat import signed
from muhatap.channels.webchat.widget import settings_of
from muhatap.shared import clock
from muhatap.visits.models import Site

EMBED = Path(settings.BASE_DIR) / "embed"
DEMO_KEY = "ihlamur-ev"
DEMO_CUSTOMER = {"sub": "20871", "email": "ayse.yilmaz@ornek.example", "name": "Ayşe Yılmaz"}
FRESH = 3600  # seconds a visitor's browser keeps the script before asking whether it changed


@require_safe
def script(request: HttpRequest, name: str) -> HttpResponse:
    """embed/chat.js or embed/muhatap.js, for any site, asked again after an hour."""
    content, tag = _read(EMBED / name, (EMBED / name).stat().st_mtime_ns)
    response: HttpResponse = HttpResponse(content, content_type="text/javascript; charset=utf-8")
    if request.headers.get("If-None-Match", "").removeprefix("W/") == tag:
        response = HttpResponseNotModified()
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = f"public, max-age={FRESH}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
def shop(request: HttpRequest) -> HttpResponse:
    """A product page of the demo shop with the widget on it; only where the demo's chat inbox exists.

    `?customer` shows it as to Ayşe, logged in at the shop: the page then carries what the shop's server would sign.
    """
    inbox = Inbox.objects.filter(kind="webchat", is_enabled=True, public_key=DEMO_KEY).first()
    if inbox is None:
        raise Http404
    secret = settings_of(inbox.settings).identity_secret
    identity = signed.make(DEMO_CUSTOMER, secret=secret, at=clock.now()) if secret and "customer" in request.GET else ""
    site = Site.objects.filter(is_on=True).order_by("id").first()
    page = (EMBED / "demo" / "shop.html").read_text(encoding="utf-8")
    return HttpResponse(page.replace("IDENTITY", identity).replace("WRITE_KEY", site.write_key if site else ""))


@require_safe
def shop_style(request: HttpRequest) -> HttpResponse:
    return HttpResponse((EMBED / "demo" / "shop.css").read_bytes(), content_type="text/css; charset=utf-8")


def lean(source: bytes) -> bytes:
    """What travels of a script: without indentation and the lines that only comment. Its texts hold no line breaks that matter."""
    kept: list[bytes] = []
    is_comment = False
    for line in map(bytes.strip, source.splitlines()):
        begins = line.startswith(b"/*") and (b"*/" not in line or line.endswith(b"*/"))
        if is_comment or begins:
            is_comment = not line.endswith(b"*/")
        elif line and not line.startswith(b"//"):
            kept.append(line)
    return b"\n".join(kept)


@cache
def _read(path: Path, changed: int) -> tuple[bytes, str]:
    content = lean(path.read_bytes())
    return content, f'"{hashlib.sha256(content).hexdigest()[:20]}"'
