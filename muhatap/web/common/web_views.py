"""The pages about web sites in the navigation: several areas fill them."""

from collections.abc import Callable

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from muhatap.visits.models import Site
from muhatap.web.common.display import ViewGroup, ViewLink


def group(here: str, url: Callable[[str], str] | None = None, *, has_overview: bool = True) -> ViewGroup:
    """The links, of which `here` (a name such as web:pages) is the page one is on. `url` adds what is kept from page to page."""
    links = (
        ("web:overview", _("Overview"), "mouse-pointer-click"),
        ("web:now", _("On the site now"), "radio"),
        ("web:pages", _("Pages"), "file-text"),
        ("web:products", _("Products"), "shopping-bag"),
        ("web:clicks", _("Clicks"), "pointer"),
        ("web:sources", _("Sources"), "split"),
        ("web:campaigns", _("Campaigns"), "megaphone"),
        ("web:funnel", _("Funnel"), "funnel"),
        ("web:paths", _("Paths"), "route"),
        ("web:returning", _("Returning"), "repeat"),
        ("visits:list", _("Visits"), "footprints"),
    )
    return ViewGroup(
        title=_("Web site"),
        links=tuple(
            ViewLink(label=label, url=(url or reverse)(name), icon=icon, is_here=name == here)
            for name, label, icon in links[0 if has_overview else 1 :]
        ),
    )


def tag(site: Site) -> str:
    """What a site's pages carry."""
    return f'<script src="{settings.PUBLIC_URL}/embed/muhatap.js" data-key="{site.write_key}" data-consent="no" async></script>'
