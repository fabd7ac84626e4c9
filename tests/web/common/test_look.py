"""The promises of the look that a machine can keep: budgets, equal tokens, nothing inline, no capitals by style."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import django_htmx
import pytest

WEB = Path(__file__).resolve().parents[3] / "muhatap" / "web"
STATIC = WEB / "common" / "static" / "muhatap"
HTMX = Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js"
KB = 1024


def _styles() -> list[Path]:
    return sorted(STATIC.glob("css/*.css"))


def _templates() -> Iterator[Path]:
    for folder in WEB.glob("*/templates"):
        yield from folder.rglob("*.html")


def _sent(paths: list[Path]) -> int:
    return sum(len(gzip.compress(path.read_bytes())) for path in paths)


def _colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"(--[\w-]+):\s*([^;]+);", block))


def test_the_styles_stay_small() -> None:
    assert _sent(_styles()) < 25 * KB


def test_the_first_page_leaves_room_for_its_own_words() -> None:
    assert _sent([*_styles(), *STATIC.glob("js/*.js"), HTMX]) < 64 * KB


def test_dark_by_the_system_and_dark_by_hand_are_one() -> None:
    text = (STATIC / "css/tokens.css").read_text()
    by_system = text.split(':root:not([data-theme="light"]) {')[1].split("}")[0]
    by_hand = text.split(':root[data-theme="dark"] {')[1].split("}")[0]
    assert _colours(by_system) == _colours(by_hand)
    assert _colours(by_system)


def test_every_colour_of_light_has_its_dark() -> None:
    text = (STATIC / "css/tokens.css").read_text()
    light, dark = _colours(text.split("}")[0]), _colours(text.split(':root[data-theme="dark"] {')[1].split("}")[0])
    coloured = {name for name, value in light.items() if re.search(r"#[0-9a-f]{6}|rgb", value)}
    assert coloured == set(dark)


@pytest.mark.parametrize("path", _styles(), ids=lambda path: path.name)
def test_a_style_knows_no_capitals_and_no_colour_of_its_own(path: Path) -> None:
    text = path.read_text()
    assert "text-transform" not in text
    if path.name != "tokens.css":
        assert not re.findall(r"#[0-9a-fA-F]{3,8}\b", text)


@pytest.mark.parametrize("path", _styles(), ids=lambda path: path.name)
def test_a_style_uses_only_tokens_that_exist(path: Path) -> None:
    known = set(_colours((STATIC / "css/tokens.css").read_text())) | set(_colours(path.read_text()))
    assert set(re.findall(r"var\((--[\w-]+)\)", path.read_text())) <= known


def test_no_template_speaks_style_or_script_of_its_own() -> None:
    faults = []
    for path in _templates():
        text = path.read_text()
        if re.search(r'\sstyle="|<style|\son[a-z]+="|hx-on|hx-vals=.js:|<script(?![^>]*\ssrc=)', text):
            faults.append(path.name)
    assert faults == []
