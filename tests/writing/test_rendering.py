"""Templates are filled, gaps are told, and nobody reaches or holds up anything with one."""

import pytest

from muhatap.writing import rendering
from muhatap.writing.rendering import Invalid, render

VALUES = {
    "contact": {"first_name": "Ayşe", "name": "Ayşe Yılmaz", "city": "", "company": "Güneş & Oğlu <Otel>"},
    "agent": {"name": "Zeynep Arslan"},
    "firm": "Ihlamur Ev",
    "tags": ["keten", "toptan"],
}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("<p>Merhaba {{ contact.first_name }},</p>", "Merhaba Ayşe,"),
        ("Merhaba {{&nbsp;contact.first_name&nbsp;}},", "Merhaba Ayşe,"),
        ("{{ contact.<b>first</b>_name }}", "Ayşe"),
        ("{{ contact.company }}", "Güneş & Oğlu <Otel>"),
        ("{{ contact.city | default: &quot;şehriniz&quot; }}", "şehriniz"),
        ("{% if contact.city %}{{ contact.city }}{% else %}Türkiye{% endif %}", "Türkiye"),
        ("{% for tag in tags %}{{ tag }} {% endfor %}", "keten toptan"),
        ("{{ firm }} ekibi", "Ihlamur Ev ekibi"),
        ("{{ contact.first_name | upcase }}", "AYŞE"),
        ("100 % memnuniyet { dikkat }", "100 % memnuniyet { dikkat }"),
        ("", ""),
    ],
)
def test_a_template_becomes(template: str, text: str) -> None:
    assert render(template, VALUES).text == text
    assert render(template, VALUES).gaps == ()


@pytest.mark.parametrize(
    ("language", "text"),
    [("tr", "IŞIL İPEK | ışıl ipek | Işıl ipek"), ("en", "IŞIL IPEK | işil ipek | Işil ipek")],
)
def test_letters_become_large_and_small_by_the_alphabet_of_the_language(language: str, text: str) -> None:
    name = "Işıl ipek" if language == "tr" else "IŞil ipek"
    filled = render("{{ n | upcase }} | {{ n | downcase }} | {{ n | capitalize }}", {"n": name, "language": language})
    assert filled.text == text


@pytest.mark.parametrize(
    ("template", "text", "gaps"),
    [
        ("Merhaba {{ contact.city }}.", "Merhaba .", ("contact.city",)),
        ("{{ order }} ve {{ order }}", "ve", ("order",)),
        ("{{ contact.nickname | upcase }}", "", ("contact.nickname",)),
        ("{{ contact.first.name }}", "", ("contact.first.name",)),
        ("{{ contact.__class__ }}", "", ("contact.__class__",)),
    ],
)
def test_what_is_missing_is_empty_and_told(template: str, text: str, gaps: tuple[str, ...]) -> None:
    done = render(template, VALUES)
    assert (done.text, done.gaps) == (text, gaps)
    assert f'<mark data-gap="{gaps[0]}"></mark>' in done.marked
    assert "mark" not in done.html


def test_a_gap_in_the_address_of_a_link_breaks_no_link() -> None:
    done = render('<a href="https://ihlamurev.example/{{ order }}">sipariş</a>', VALUES)
    assert done.gaps == ("order",)
    assert done.marked.startswith('<a href="https://ihlamurev.example/"')


def test_values_are_words_and_never_markup_nor_a_template_nor_a_gap() -> None:
    sly = {"contact": {"name": "<img src=x onerror=alert(1)> {{ firm }} \ue0000\ue001"}, "firm": "gizli"}
    done = render("<p>{{ contact.name }}</p>", sly)
    assert done.text == "<img src=x onerror=alert(1)> {{ firm }} 0"
    assert (done.gaps, "<img" in done.html) == ((), False)


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("Merhaba {{ contact.name", 1),
        ("Merhaba\n\n{{ contact.name | nope }}", 3),
        ("<p>a</p><p>b<br>{{ c | nope }}</p>", 3),
        ("a\n{% if contact.name %}b", 2),
        ("a\n{% include 'secret' %}", 2),
        ("{% render 'secret' %}", 1),
        ("a\n{% nonsense %}", 2),
        ("{% for i in (1..1000000000) %}x{% endfor %}", 1),
        ("a\n{% if (1..900000000) contains 'x' %}x{% endif %}", 2),
        ("{{ 'a' | replace: 'a', 'aa' }}", 1),
        ("{{ 9 | times: 9 }}", 1),
        ("{{ '2026' | date: '%Y' }}", 1),
        ("{{ contact.name | safe }}", 1),
        ('{{ agent.name | truncate: "x" }}', 1),
        ("{{ agent.name | append }}", 1),
        ("x" * (rendering.LONGEST + 1), 1),
    ],
)
def test_a_template_that_cannot_be_filled_is_refused_at_saving_with_its_line(template: str, line: int) -> None:
    with pytest.raises(Invalid) as refused:
        rendering.check(template)
    assert refused.value.line == line


@pytest.mark.parametrize(
    "template",
    [
        "{% assign a = 'xxxxxxxxxxxxxxxx' %}{% for t in many %}{% assign a = a | append: a %}{% endfor %}{{ a }}",
        "{% for a in many %}{% for b in many %}{% for c in many %}x{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in many %}{{ long }}{% endfor %}",
    ],
)
def test_a_template_that_grows_without_end_is_stopped(template: str) -> None:
    with pytest.raises(Invalid):
        render(template, {"many": list(range(100)), "long": "ş" * 5000})


def test_a_gap_is_open_until_somebody_fills_it_and_no_mark_leaves() -> None:
    marked = render("Merhaba {{ contact.city }}, {{ order }}", {"contact": {}}).marked
    half = marked.replace('<mark data-gap="order"></mark>', '<mark data-gap="order">#10482</mark>')
    assert rendering.open_gaps(half) == ("contact.city",)
    assert rendering.closed(half) == "Merhaba , #10482"
