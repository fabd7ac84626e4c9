"""What makes the product an app: its manifest, the worker in the browser, and the page for when there is no connection."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

SOURCE = Path(__file__).parent / "worker.js"
# All that the worker keeps: what the page without a connection is drawn with. Pages with data are never kept.
KEPT = (
    "muhatap/css/tokens.css",
    "muhatap/css/base.css",
    "muhatap/css/controls.css",
    "muhatap/css/shell.css",
    "muhatap/mark.svg",
)
GROUND, INK = "#F6F5F1", "#1C1B18"


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """How the app is called, looks and begins, once it is installed."""
    answer = JsonResponse(
        {
            "id": "/",
            "name": f"{settings.FIRM_NAME} · Muhatap",
            "short_name": settings.FIRM_NAME,
            "description": _("The inbox of the company: every customer, every conversation."),
            "lang": get_language(),
            "dir": "ltr",
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": GROUND,
            "theme_color": GROUND,
            "icons": [
                _icon("icon-192.png", "192x192"),
                _icon("icon-512.png", "512x512"),
                _icon("icon-maskable-512.png", "512x512", purpose="maskable"),
                {"src": static("muhatap/mark.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
            ],
            "shortcuts": [
                {"name": _("Assigned to me"), "url": reverse("inbox:view", args=["mine"])},
                {"name": _("Unassigned"), "url": reverse("inbox:view", args=["unassigned"])},
                {"name": _("Notifications"), "url": reverse("notices:list")},
            ],
        }
    )
    answer["Content-Type"] = "application/manifest+json"
    answer["Cache-Control"] = "no-cache"
    return answer


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. It may serve the whole site, though it stands in our folder."""
    facts = {
        "version": _version(),
        "offline": reverse("notices:offline"),
        "files": [static(name) for name in KEPT],
        "icon": static("notices/icon-192.png"),
        "badge": static("notices/badge-96.png"),
    }
    source = f"const FACTS = {json.dumps(facts)};\n{SOURCE.read_text(encoding='utf-8')}"
    answer = HttpResponse(source, content_type="text/javascript; charset=utf-8")
    answer["Service-Worker-Allowed"] = "/"
    answer["Cache-Control"] = "no-cache"
    return answer


@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    """Kept by the worker and shown when the server cannot be reached."""
    return render(request, "notices/offline.html")


@lru_cache(maxsize=1)
def _version() -> str:
    """Changes when anything the worker keeps changes; a process sees one state of the files."""
    digest = hashlib.sha256(SOURCE.read_bytes())
    for name in KEPT:
        if found := finders.find(name):
            digest.update(Path(str(found)).read_bytes())
    return digest.hexdigest()[:12]


def _icon(name: str, sizes: str, purpose: str = "any") -> dict[str, str]:
    return {"src": static(f"notices/{name}"), "sizes": sizes, "type": "image/png", "purpose": purpose}
