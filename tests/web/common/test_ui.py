"""Small parts of a page."""

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from muhatap.web.common.templatetags import ui


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ayşe Yılmaz", "AY"),
        ("ipek güneş", "İG"),
        ("ışıl ılgaz", "II"),
        ("Fatma Nur Işık", "FI"),
        ("ayse.yilmaz@ornek.example", "AY"),
        ("Çiğdem", "Ç"),
        ("  ", "?"),
        ("😀 👍", "?"),
    ],
)
def test_initials_are_upper_cased_as_turkish_readers_expect(name: str, letters: str) -> None:
    assert ui.initials(name) == letters


def test_an_icon_is_never_read_aloud() -> None:
    drawn = ui.icon("inbox", 20)
    assert 'aria-hidden="true"' in drawn
    assert 'class="icon"' in drawn
    assert 'width="20"' in drawn
    assert 'stroke-width="1.75"' in drawn


def test_a_name_cannot_bring_markup_along() -> None:
    assert "<b" not in ui.avatar("<b>x</b> y")
    assert "&lt;script&gt;" in ui.badge("<script>", "late")


@pytest.mark.parametrize(
    ("value", "largest", "width"), [(1, 4, "25.00"), (9, 4, "100.00"), (-1, 4, "0.00"), (1, 0, "0.00")]
)
def test_a_meter_stays_within_its_track(value: float, largest: float, width: str) -> None:
    drawn = ui.meter(value, largest)
    assert f'width="{width}"' in drawn
    assert "style=" not in drawn


def test_a_query_changes_one_value_and_keeps_the_rest() -> None:
    request = RequestFactory().get("/", {"q": "ışık", "before": "9"})
    template = Template('{% load ui %}{% query before=None sort="new" %}')
    assert template.render(Context({"request": request}, autoescape=False)) == "?q=%C4%B1%C5%9F%C4%B1k&sort=new"
