"""Templates whose constant pieces were put together read as before."""

import pytest
from django.template import Context, Engine, Template
from django.utils import translation

from muhatap.web.common.folding import Folded, fold

LIBRARIES = {
    "i18n": "django.templatetags.i18n",
    "static": "django.templatetags.static",
    "ui": "muhatap.web.common.templatetags.ui",
}
PAGE = """{% load i18n static ui %}<p>{# silent #}{% translate "Search" %} {% icon "search" 14 %}</p>
{% if late %}{% icon "clock" %} {% translate "Search" %}{% elif soon %}<b>{% translate word %}</b>{% else %}{% icon name %}{% endif %}
{% for one in rows %}<li>{% icon "x" %} {{ one }} {% translate "Search" as said %}{{ said }}</li>{% empty %}{% translate "Search" %}{% endfor %}
{% block foot %}<img src="{% static 'muhatap/mark.svg' %}">{% endblock %}{% translate "over" context "deadline" %}"""
CASES: list[dict[str, object]] = [
    {"late": True, "rows": ["<a>", "b"]},
    {"soon": True, "word": "Search"},
    {"name": "bell", "rows": []},
]


def template() -> Template:
    return Template(PAGE, engine=Engine(libraries=LIBRARIES))


@pytest.mark.parametrize("case", CASES)
def test_a_folded_template_reads_as_before_in_every_language(case: dict[str, object]) -> None:
    plain, folded = template(), template()
    fold(folded.nodelist)
    for language in ("tr", "en", "tr"):
        with translation.override(language):
            assert folded.render(Context(case)) == plain.render(Context(case))


def test_neighbours_that_hang_on_the_language_alone_are_one() -> None:
    found = Template(
        '{% load i18n ui %}a {% translate "Search" %} {% icon "x" %} b{{ c }}', engine=Engine(libraries=LIBRARIES)
    )
    fold(found.nodelist)
    assert [type(node) for node in found.nodelist][1:-1] == [Folded]
