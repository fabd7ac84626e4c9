"""Rows that are filled look as if each were rendered alone."""

from dataclasses import replace

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import mark_safe

from muhatap.web.common import shapes
from muhatap.web.common.display import Act, ViewLink
from muhatap.web.inbox.display import File, Letter, Row, Trouble

ROW = Row(
    id=7,
    url="/inbox/7/?view=all",
    name="Ayşe Yılmaz",
    initials="AY",
    time="14:32",
    time_iso="2026-11-21T11:32:00+00:00",
    line="Kargom nerede?",
    channel_icon="mail",
    place="E-posta",
)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"name": '<b>Ayşe</b> & "Yılmaz" {name} \ue000line\ue001'},
        {"line": mark_safe("<mark>Kargom</mark>")},
        {"is_unread": True, "chooses": True, "is_selected": True},
        {"priority": "high", "priority_word": "Yüksek", "is_scheduled": True},
        {"line_prefix": "Taslak:", "is_draft": True, "language": "tr"},
        {"deadline": "18 dk", "deadline_state": "late", "deadline_iso": "2026", "deadline_soon_iso": "2025"},
        {"deadline": "2 sa", "channel_icon": "message-square", "place": ""},
    ],
)
@pytest.mark.parametrize("language", ["tr", "en"])
def test_a_row_of_any_shape_is_what_its_template_makes_of_it(changes: dict[str, object], language: str) -> None:
    row = replace(ROW, **changes)  # type: ignore[arg-type]
    with translation.override(language):
        assert shapes.filled("inbox/_row.html", "row", [row]) == render_to_string("inbox/_row.html", {"row": row})


ACTS = (Act(label="Böl & taşı", url="/split/7/", icon="split"), Act(label="Taşı", url="/move/7/", is_link=True))
LETTER = Letter(
    id=1,
    name="Ayşe",
    initials="AY",
    time="14:32",
    time_iso="2026",
    address="ayse@ornek.example",
    short="Kargom <nerede>?",
)


@pytest.mark.parametrize(
    "changes",
    [
        {"acts": ACTS},
        {"acts": ACTS[:1], "why": "Yanıt", "why_acts": ACTS, "html": mark_safe("<b>Kargom</b>"), "state_icon": "check"},
        {
            "files": (
                File(name="a<b>.pdf", size="1 KB", url="/f/1"),
                File(name="b.png", size="2 KB", url="/f/2", icon="image"),
            )
        },
        {
            "trouble": Trouble(title="Gönderilmedi.", text="“550”", acts=ACTS),
            "defects": ("<bozuk>", "başka"),
            "is_open": False,
        },
    ],
)
def test_rows_in_a_row_are_part_of_its_shape(changes: dict[str, object]) -> None:
    letter = replace(LETTER, **changes)  # type: ignore[arg-type]
    drawn = render_to_string(Letter.template, {"message": letter})
    assert shapes.filled("", "message", [letter]) == drawn
    other = replace(letter, name="Hakan", short="Başka")
    assert shapes.filled("", "message", [other]) == render_to_string(Letter.template, {"message": other})


def test_rows_stand_one_after_another_each_with_its_own_texts() -> None:
    links = [ViewLink(label=label, url=f"/{label}", icon="inbox", count=count) for label, count in ("a1", "b2", "c3")]
    drawn = "".join(render_to_string("common/_view_link.html", {"link": link}) for link in links)
    assert shapes.filled("common/_view_link.html", "link", links) == drawn
