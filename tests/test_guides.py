"""What is written for people leads somewhere, and can be found from the first page of the project."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]+)")


def led_to(page: Path) -> set[Path]:
    return {(page.parent / target).resolve() for target in LINK.findall(page.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_link_of_a_page_is_dead(page: Path) -> None:
    assert [target for target in led_to(page) if not target.exists()] == []


def test_the_readme_leads_to_every_guide() -> None:
    assert set(ROOT.glob("docs/guides/*.md")) <= led_to(ROOT / "README.md")
