"""Every number of a survey's results leads to as many rows: of who was asked, who did not answer, who had a word from us."""

import re
from datetime import timedelta
from urllib.parse import quote, urlencode

import pytest
from django.test import Client

from muhatap.contacts import tagging
from muhatap.feedback import answering, following_up, results
from muhatap.feedback.models import FollowUp, Invitation, Response, Survey
from tests import cast
from tests.feedback.asking_shop import answered, person, question, survey
from tests.insight.conftest import after
from tests.web.english import page, reader

pytestmark = pytest.mark.django_db
DAY = 24 * 60
DAYS = "from=2026-11-16&to=2026-12-31&lang=en"


@pytest.fixture(autouse=True)
def _later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("muhatap.shared.clock.now", lambda: after(20 * DAY))


@pytest.fixture
def selin() -> Client:
    return reader(cast.selin())


def n_rows(client: Client, path: str) -> int:
    return page(client, path).count('<li class="surveys-answer">')


def ask(about: Survey, who: cast.Claim, *, days: float, known: float = 0, way: str = "mail") -> Invitation:
    """Asked so many days after the Monday, known for so many days by then."""
    contact, sent_at = person(who), after(days * DAY)
    contact.created_at = after((days - known) * DAY)
    contact.save(update_fields=["created_at"])
    return Invitation.objects.create(survey=about, contact=contact, way=way, due_at=sent_at, sent_at=sent_at)


@pytest.fixture
def asked() -> Survey:
    """Four are asked: Ayşe and Emily answer, Elif does not, Mehmet still may."""
    about = survey(open_days=7)
    for who, score in ((cast.AYSE, 9), (cast.EMILY, 2)):
        answering.answer(invitation=ask(about, who, days=2, known=400), score=score, comment="", at=after(3 * DAY))
    ask(about, cast.ELIF, days=3, known=5, way="chat")
    ask(about, cast.MEHMET, days=18, known=100)
    tagging.tag(contacts=[person(cast.AYSE).pk, person(cast.ELIF).pk], name="Sadık", by=cast.selin(), at=after(0))
    return about


def test_each_count_of_who_did_not_answer_leads_to_as_many_who_were_asked(selin: Client, asked: Survey) -> None:
    shown = page(selin, f"/surveys/{asked.pk}/?{DAYS}")
    cells = re.findall(rf'<a class="link" href="(/surveys/{asked.pk}/asked/[^"]+)">([^<]+)</a>', shown)
    counts = [(link, int(text)) for link, text in cells if text.isdigit()]
    assert len(counts) == 11  # of two ways, one tag and three ages: asked, and where not nought may still and answered
    for link, n in counts:
        assert n_rows(selin, link) == n, link
    for link, _text in cells:
        assert n_rows(selin, link), link


@pytest.mark.parametrize(
    ("side", "names"),
    [
        ("", ["Ayşe Yılmaz", "Elif Şahin", "Emily Carter", "Mehmet Kaya"]),
        ("answered", ["Ayşe Yılmaz", "Emily Carter"]),
        ("silent", ["Elif Şahin"]),
        ("may_still", ["Mehmet Kaya"]),
        ("settled", ["Ayşe Yılmaz", "Elif Şahin", "Emily Carter"]),
        ("nonsense", ["Ayşe Yılmaz", "Elif Şahin", "Emily Carter", "Mehmet Kaya"]),
    ],
)
def test_each_side_holds_its_people(selin: Client, asked: Survey, side: str, names: list[str]) -> None:
    shown = page(selin, f"/surveys/{asked.pk}/asked/?{DAYS}&side={side}")
    assert sorted(re.findall(r'class="lines-name" href="[^"]+">([^<]+)<', shown)) == names
    assert f"Who was asked: {len(names)}" in shown


def test_who_was_asked_says_what_came_of_it(selin: Client, asked: Survey) -> None:
    shown = page(selin, f"/surveys/{asked.pk}/asked/?{DAYS}")
    assert "9/10" in shown and "Did not answer" in shown and "May still answer until" in shown
    assert n_rows(selin, f"/surveys/{asked.pk}/asked/?{DAYS}&age=new") == 1
    assert n_rows(selin, f"/surveys/{asked.pk}/asked/?{DAYS}&way=chat&side=answered") == 0


def test_who_was_asked_goes_on_on_the_next_page(selin: Client, asked: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("muhatap.contacts.paging.by_key.__kwdefaults__", {"is_down": False, "cursor": None, "limit": 3})
    path = f"/surveys/{asked.pk}/asked/?{DAYS}"
    assert n_rows(selin, path) == 3
    following = re.findall(r'href="([^"]+[?&]at=[^"]+)"', page(selin, path))
    assert [n_rows(selin, link) for link in following] == [1]


def test_answered_when_asked_leads_to_those_it_is_a_share_of(selin: Client, asked: Survey) -> None:
    card = card_of(page(selin, f"/surveys/{asked.pk}/?{DAYS}"), "Answered when asked")
    assert card[1] == "67%"
    assert n_rows(selin, card[0]) == 3


def test_the_list_and_the_results_behind_it_count_the_same_days(selin: Client) -> None:
    about = survey()
    first = after((20 - 89) * DAY).replace(hour=0, minute=0)  # of ninety days, the last of them today
    for at, score in ((first - timedelta(minutes=1), 2), (first, 9), (after(2), 10)):
        made = answered(about, score)
        Response.objects.filter(pk=made.pk).update(at=at)

    listed = page(selin, "/surveys/")
    assert "2 answers" in listed and "Figures are of the last 90 days." in listed
    assert f'href="/surveys/{about.pk}/"' in listed
    assert "from 2 answers" in page(selin, f"/surveys/{about.pk}/")
    assert results.of_surveys(first.date(), after(20 * DAY).date()) == {about.pk: {9: 1, 10: 1}}


def test_where_everybody_answered_nobody_has_a_share_of_who_did_not(selin: Client) -> None:
    about = survey(open_days=7)
    answering.answer(invitation=ask(about, cast.AYSE, days=2), score=9, comment="", at=after(3 * DAY))

    way = silence_of(page(selin, f"/surveys/{about.pk}/?{DAYS}"))
    assert way["Of who answered"] == "100%"
    assert way["Of who did not"] == "–"


@pytest.mark.parametrize(
    ("n_still", "sentence"),
    [
        (0, "Of 1 who was asked by mail or chat in these days."),
        (1, "Of 1 who was asked by mail or chat in these days. 1 more may still answer and is not counted."),
        (2, "Of 1 who was asked by mail or chat in these days. 2 more may still answer and are not counted."),
    ],
)
def test_who_may_still_answer_is_told_in_the_right_number(selin: Client, n_still: int, sentence: str) -> None:
    about = survey(open_days=7)
    ask(about, cast.AYSE, days=2)
    for who in (cast.ELIF, cast.MEHMET)[:n_still]:
        ask(about, who, days=18)

    shown = page(selin, f"/surveys/{about.pk}/?{DAYS}")
    assert f'<p class="quiet t12">{sentence}</p>' in shown


def silence_of(shown: str) -> dict[str, str]:
    """The first line of who did not answer, by its heads."""
    line = shown.split('id="t-silence-way"')[1].split("<tbody")[1].split("</tr>")[0]
    cells = re.findall(r'data-head="([^"]+)">(?:<a[^>]*>)?([^<]*)<', line)
    return dict(cells)


def test_had_a_word_leads_to_all_who_were_owed_one_with_those_whose_matter_is_solved(selin: Client) -> None:
    about, other = survey(low_up_to=6), survey("csat", low_up_to=2)
    for number, who in enumerate((cast.AYSE, cast.ELIF, cast.EMILY)):
        answered(about, 1, minute=number * DAY, by=person(who))
    answered(about, 10, minute=4 * DAY, by=person(cast.MEHMET))
    answered(other, 1, minute=4 * DAY, by=person(cast.MEHMET))
    first, second = FollowUp.objects.filter(response__survey=about).order_by("pk")[:2]
    for one in (first, second):
        following_up.called(follow_up=one, note="", by=cast.zeynep(), at=after(5 * DAY))
    following_up.solved(follow_up=first, by=cast.zeynep(), at=after(6 * DAY))

    link, text = card_of(page(selin, f"/surveys/{about.pk}/?{DAYS}"), "Had a word from us")
    assert text == "2 of 3"
    shown = page(selin, link)
    assert shown.count('<li class="surveys-answer">') == 3
    assert "Solved, " in shown and shown.count("Zeynep Arslan spoke to them") == 2
    sides = {word: n_rows(selin, link.replace("word=owed", f"word={word}")) for word in following_up.WORDS}
    assert sides == {"owed": 3, "waiting": 1, "called": 2, "solved": 1}
    assert Response.objects.count() == 5


def card_of(shown: str, label: str) -> tuple[str, str]:
    """The address and the words of a figure."""
    found = re.search(
        rf'<h2 class="figures-name">{label}</h2>\s*<p><a class="figure figures-value" href="([^"]+)">([^<]+)</a>', shown
    )
    assert found, label
    return found[1], found[2]


def test_other_days_keep_whom_and_what_the_page_is_about(selin: Client, asked: Survey) -> None:
    tag = person(cast.ELIF).tags.get()
    for path, kept in (
        ("asked", {"side": "silent", "age": "new", "way": "chat", "tag": str(tag.pk)}),
        ("answers", {"score": "9", "word": "owed", "way": "mail"}),
    ):
        shown = page(selin, f"/surveys/{asked.pk}/{path}/?{DAYS}&{urlencode(kept)}")
        form = shown.split('<form method="get" class="insight-form">')[1].split("</form>")[0]
        assert dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)) == kept
        assert [form.count(f'name="{name}"') for name in ("from", "to")] == [1, 1]


def test_what_is_told_of_answers_is_not_said_to_narrow_who_was_asked(selin: Client, asked: Survey) -> None:
    shown = page(selin, f"/surveys/{asked.pk}/asked/?{DAYS}&score=3&word=owed")
    assert "Who was asked: 4" in shown and "Score: 3" not in shown
    links = re.findall(rf'href="(/surveys/{asked.pk}/[^"]*)"', shown)
    assert links and not [link for link in links if "score=" in link or "word=" in link]


@pytest.mark.parametrize("option", ["²", "--5", "-", "5-", "٣", "99999999", "-1"])
def test_an_option_that_is_no_number_of_ours_finds_nothing(selin: Client, option: str) -> None:
    about = survey()
    why = question(about, "Ne oldu?")
    answered(about, 3)
    shown = page(selin, f"/surveys/{about.pk}/answers/?{DAYS}&question={why.pk}&option={quote(option)}")
    assert '<li class="surveys-answer">' not in shown
    assert n_rows(selin, f"/surveys/{about.pk}/answers/?{DAYS}") == 1


def test_a_turn_of_few_answers_has_no_empty_brackets(selin: Client) -> None:
    about = survey("ces")
    answered(about, 7)
    shown = page(selin, f"/surveys/{about.pk}/?{DAYS}")
    assert re.search(r": 7\.0, 1 answer\b", shown) and "()" not in shown
