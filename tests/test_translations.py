"""Both languages are complete, and the tool that says so is right."""

from pathlib import Path

import pytest
from babel.messages.catalog import Message

from tools import messages, unmarked


def test_every_visible_string_is_marked_and_translated() -> None:
    assert messages.check() == []


@pytest.mark.parametrize(
    "template",
    [
        "<p>{% translate 'Hello' %}</p>",
        "{% blocktranslate count n=n %}one mail{% plural %}{{ n }} mails{% endblocktranslate %}",
        "{# a comment #}<p>{{ name }}</p>{% comment %}nothing{% endcomment %}",
        '<body class="{% block body_class %}auth{% endblock %}">',
        '<b translate="no">Ihlamur Ev<i>as it is</i></b>',
        '<input placeholder="{% translate \'Name\' %}" class="wide">',
        "<kbd>Ctrl K</kbd> · 12 <svg><title>x y</title></svg>",
    ],
)
def test_a_marked_template_is_left_in_peace(template: str) -> None:
    assert unmarked.in_template(template) == []


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("<p>Hello</p>", [(1, "Hello")]),
        ("<p>\n{% if a %}Merhaba{% endif %}</p>", [(2, "Merhaba")]),
        ('<input aria-label="Name">', [(1, "Name")]),
        ("<button>{% icon 'x' %} Kapat</button>", [(1, "Kapat")]),
        ('<b translate="no">left</b> seen', [(1, "seen")]),
    ],
)
def test_unmarked_words_are_found_with_their_line(template: str, found: list[tuple[int, str]]) -> None:
    assert unmarked.in_template(template) == found


def test_bare_labels_in_python_are_found(tmp_path: Path) -> None:
    source = tmp_path / "forms.py"
    source.write_text(
        'f = CharField(label="Name")\ng = CharField(label=_("Name"))\nmessages.success(request, "Saved")\n'
    )
    assert [fault.split(":")[1] for fault in unmarked.in_python([source], tmp_path)] == ["1", "3"]


def test_words_inside_an_f_string_are_found_for_nobody_would_translate_them(tmp_path: Path) -> None:
    source = tmp_path / "fields.py"
    source.write_text(
        "short = _('Short')\nsaid = f'{short} {n}'\nraise BadValue(f\"{gettext('No such number.')} {n}\")\n"
    )
    assert [fault.split(":")[1] for fault in unmarked.in_python([source], tmp_path)] == ["3"]


@pytest.mark.parametrize(
    ("text", "placeholders"),
    [
        ("%(name)s has %(n)d", ["%(n)d", "%(name)s"]),
        ("{name} · {0}", ["{0}", "{name}"]),
        ("%d and %s", ["%d", "%s"]),
        ("%78 iyi", []),
        ("100%", []),
    ],
)
def test_placeholders_are_seen(text: str, placeholders: list[str]) -> None:
    assert messages.placeholders(text) == placeholders


def test_a_translation_that_loses_a_placeholder_is_a_fault() -> None:
    entry = messages.Found(id="%(name)s wrote")
    assert list(messages._word_faults(entry, Message("%(name)s wrote", "yazdı")))
    assert not list(messages._word_faults(entry, Message("%(name)s wrote", "%(name)s yazdı")))


def test_a_turkish_singular_may_say_one_in_words() -> None:
    entry = messages.Found(id="One mail", plural="%(n)d mails")
    assert not list(messages._word_faults(entry, Message(("One mail", "%(n)d mails"), ("Bir posta", "%(n)d posta"))))


def test_shouting_is_a_fault() -> None:
    entry = messages.Found(id="Saved")
    assert list(messages._word_faults(entry, Message("Saved", "Başarıyla kaydedildi!")))


def test_what_is_collected_again_keeps_its_translation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "PO", tmp_path / "django.po")
    one, many = messages.Found(id="Save"), messages.Found(id="%(n)d mail", plural="%(n)d mails", context="box")
    turkish = {
        one.key: Message("Save", "Kaydet"),
        many.key: Message(("%(n)d mail",) * 2, ("%(n)d posta",) * 2, context="box"),
    }
    messages.write({one.key: one, many.key: many}, turkish)
    messages.write({many.key: many}, messages.known_in(messages._read(messages.PO)))
    assert '#~ msgid "Save"' in messages.PO.read_text()
    messages.write({one.key: one, many.key: many}, messages.known_in(messages._read(messages.PO)))
    again = messages.known_in(messages._read(messages.PO))
    assert again[one.key].string == "Kaydet"
    assert again[many.key].string == ("%(n)d posta", "%(n)d posta")
