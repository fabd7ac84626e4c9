"""What axe finds wrong with a page that is open."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

LEVELS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
NO_COLOURS = {**LEVELS, "rules": {name: {"enabled": False} for name in ("color-contrast", "link-in-text-block")}}


def faults(page: Page, rules: dict[str, Any] = LEVELS, within: str = "") -> list[str]:
    """Each fault with its element. Only that comes back from the browser: all that is right would be megabytes."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(
        """([rules, within]) => axe.run(within || document, {...rules, resultTypes: ['violations']})
          .then(found => found.violations)""",
        [rules, within],
    )
    return [f"{fault['id']}: {node['html'][:200]}" for fault in found for node in fault["nodes"]]
