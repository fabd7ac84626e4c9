"""The pages of the customers' voice: numbers lead to their messages, files, paper, themes, the week."""

import re
from html import unescape

import pytest
from django.test import Client

from muhatap.accounts.models import Visibility
from muhatap.contacts import tagging
from muhatap.contacts.models import Contact
from muhatap.feedback.models import Response, Survey
from muhatap.understanding import themes, themes_naming
from muhatap.understanding.models import Theme, ThemeMember, ThemeWeek, Topic
from tests import cast
from tests.insight.conftest import after
from tests.insight.voice_world import said, sold, topic

pytestmark = pytest.mark.django_db
WEEK = "from=2026-11-16&to=2026-11-22"


@pytest.fixture(autouse=True)
def _in_that_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("muhatap.shared.clock.now", lambda: after(4 * 24 * 60))


@pytest.fixture
def week() -> None:
    kargo = topic("Kargo")
    said("Kargo gelmedi, nerede kaldı", after(60), about=kargo)
    said("Kutu ezik geldi", after(80), sender=cast.ELIF, about=kargo)
    said("Ellerinize sağlık, harika", after(90), kind="praise", sender=cast.MEHMET, about=topic("Kalite"))
    survey = Survey.objects.create(kind="nps", occasion="none", is_on=True, changed_at=after(0))
    Response.objects.create(survey=survey, score=9, at=after(100))


@pytest.fixture
def theme(week: None) -> Theme:
    found = Theme.objects.create(words=["kargo", "kutu", "ezik"], begins_on=after(0).date(), found_at=after(0))
    from muhatap.understanding.models import Reading

    for reading in Reading.objects.filter(kind="complaint"):
        ThemeMember.objects.create(theme=found, reading=reading, week_on=after(0).date(), near=0.9)
    ThemeWeek.objects.create(
        theme=found,
        begins_on=after(0).date(),
        n_messages=2,
        n_people=2,
        n_all=3,
        expected=0.2,
        chance=0.0001,
        is_jump=True,
    )
    return found


def reader(user: cast.User) -> Client:
    user.language = "en"
    user.save(update_fields=["language"])
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["django_language"] = "en"
    return client


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    return unescape(response.content.decode())


@pytest.mark.usefixtures("week")
def test_every_number_leads_to_messages_or_answers() -> None:
    client = reader(cast.deniz())
    shown = page(client, f"/insight/voice/?{WEEK}")

    assert "3 messages: 67% complain, 33% praise. Most complaints are about “Kargo” (2)." in shown
    links = set(re.findall(r'href="(/insight/voice/(?:messages|answers)/[^"]+)"', shown))
    assert len(links) > 10
    for link in links:
        behind = page(client, link)
        assert 'class="voice-message' in behind or '<td class="num">9</td>' in behind, link


@pytest.mark.usefixtures("week")
def test_a_topics_number_leads_to_its_own_messages_and_not_to_those_of_topics_below_it() -> None:
    goods, fault = topic("Ürün"), topic("Kusur")
    Topic.objects.filter(pk=fault.pk).update(parent=goods)
    said("Kumaşı yumuşak mı", after(50), kind="question", about=goods)
    said("Dikişi sökük geldi", after(60), about=fault)
    client = reader(cast.deniz())

    shown = page(client, f"/insight/voice/?{WEEK}")
    link = re.findall(rf'href="(/insight/voice/messages/[^"]+only_topic={goods.pk}[^"]*)"', shown)[0]
    alone, whole = page(client, link), page(client, f"/insight/voice/messages/?{WEEK}&topic={goods.pk}")

    assert "Kumaşı yumuşak mı" in alone and "Dikişi sökük" not in alone and "Ürün itself" in alone
    assert "Kumaşı yumuşak mı" in whole and "Dikişi sökük" in whole


@pytest.mark.usefixtures("week")
def test_over_the_rows_of_a_figure_stand_its_parts_with_their_numbers() -> None:
    client = reader(cast.deniz())

    def parts(path: str) -> dict[str, str]:
        shown = page(client, f"/insight/voice/{path}&{WEEK}")
        return {
            said: link for link, said in re.findall(r'<a class="tab" href="([^"]+)"[^>]*>([^<]+ · [^<]+)</a>', shown)
        }

    kinds = parts("messages/?say=complaint")
    assert list(kinds) == ["Messages · 3", "Praise · 1", "Requests and questions · 0", "Complaints · 2"]
    moods = parts("messages/?mood=positive")
    assert [said.split(" · ")[0] for said in moods] == ["Pleased or displeased", "Pleased", "Displeased"]
    scores = parts("answers/?kind=nps")
    assert list(scores) == ["Answers · 1", "Promoters · 1", "Passives · 0", "Detractors · 0"]
    assert '<td class="num">9</td>' in page(client, scores["Promoters · 1"])
    assert '<td class="num">9</td>' not in page(client, scores["Detractors · 0"])


@pytest.mark.usefixtures("week")
@pytest.mark.parametrize(
    "address", ["messages/?say=complaint&mood=negative", "messages/?before=x", "answers/?kind=nps&topic=5"]
)
def test_parts_stand_only_where_they_are_those_of_the_rows(address: str) -> None:
    assert "insight-tabs" not in page(reader(cast.deniz()), f"/insight/voice/{address}&{WEEK}")


@pytest.mark.usefixtures("week")
def test_where_nobody_is_satisfied_the_figure_leads_to_all_answers() -> None:
    survey = Survey.objects.create(kind="csat", occasion="none", is_on=True, changed_at=after(0))
    Response.objects.create(survey=survey, score=2, at=after(100))
    client = reader(cast.deniz())

    links = re.findall(r'href="(/insight/voice/answers/[^"]*kind=csat[^"]*)"', page(client, f"/insight/voice/?{WEEK}"))

    assert links and all('<td class="num">2</td>' in page(client, link) for link in links)


@pytest.mark.usefixtures("week")
def test_what_one_may_not_see_is_counted_and_not_shown() -> None:
    nobody = cast.staff("yeni@ihlamurev.example", "Yeni Biri", "agent", Visibility.OWN)
    shown = page(reader(nobody), f"/insight/voice/messages/?{WEEK}&say=complaint")

    assert "Kutu ezik" not in shown
    assert "2 of these you may not see." in shown
    assert page(reader(nobody), f"/insight/voice/export/?table=rows&{WEEK}", 403)


@pytest.mark.usefixtures("week")
@pytest.mark.parametrize("table", ["topic", "channel", "said", "pleased", "nps", "rows"])
def test_each_table_is_a_file(table: str) -> None:
    answer = reader(cast.deniz()).get(f"/insight/voice/export/?table={table}&{WEEK}")
    content = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert len(content.splitlines()) > 1


@pytest.mark.usefixtures("week")
@pytest.mark.parametrize("language", ["tr", "en"])
def test_the_page_is_a_pdf_with_its_language_and_title_and_our_letters(language: str) -> None:
    client = reader(cast.deniz())
    client.cookies["django_language"] = language
    cast.User.objects.update(language=language)
    answer = client.get(f"/insight/voice/pdf/?{WEEK}")

    content = b"".join(answer) if answer.streaming else answer.content
    assert answer["Content-Type"] == "application/pdf" and content.startswith(b"%PDF-")
    assert f"/Lang ({language})".encode() in content
    assert b"/DisplayDocTitle true" in content and b"Inter" in content
    assert b"/Subtype /Image" not in content  # charts are lines and areas


def test_an_empty_page_says_what_brings_it() -> None:
    client = reader(cast.mert())
    assert "As soon as customers write" in page(client, f"/insight/voice/?{WEEK}")
    assert "Every night" in page(client, "/insight/voice/themes/")
    assert "Every Monday morning" in page(client, "/insight/voice/week/")


def test_a_theme_says_why_it_jumps_and_shows_its_messages(theme: Theme) -> None:
    client = reader(cast.can())
    assert f'/insight/voice/themes/{theme.pk}/"' in page(client, "/insight/voice/themes/")

    shown = page(client, f"/insight/voice/themes/{theme.pk}/")
    assert "2 people wrote of it this week; 0.2 would be usual." in shown
    assert "Kutu ezik geldi" in shown
    behind = re.findall(r'href="(/insight/voice/messages/[^"]+theme=[^"]+)"', shown)
    assert behind and all("ezik" in page(client, link) for link in behind[:1])

    theme.weeks.update(expected=0.01)
    assert "this week; 0 would be usual." in page(client, f"/insight/voice/themes/{theme.pk}/")


@pytest.mark.usefixtures("week")
def test_in_how_many_messages_themes_were_sought_leads_to_them() -> None:
    look = themes.look(at=after(3 * 24 * 60), words=lambda numbers: dict.fromkeys(numbers, "kutu ezik geldi"))
    client = reader(cast.can())

    shown = page(client, "/insight/voice/themes/")
    [(link, n)] = re.findall(r'Looked for [^<]+: <a class="link" href="([^"]+)">(\d+) messages</a>.', shown)

    assert int(n) == look.n_texts
    assert f"Messages · {n}" in page(client, link.replace("&amp;", "&"))


def test_ease_has_its_figure_its_interval_and_its_answers(week: None) -> None:
    survey = Survey.objects.create(kind="ces", occasion="none", is_on=True, changed_at=after(0))
    Response.objects.create(survey=survey, score=7, comment="Çok kolaydı", at=after(100))
    client = reader(cast.deniz())
    one = page(client, f"/insight/voice/?{WEEK}").split("Ease (CES)")[1].split("</li>")[0]
    assert ">7.0</a>" in one and "1 answer" in one and "–" not in one  # of one answer nobody knows how sure it is

    for minute, score in enumerate((6, 4, 3)):
        Response.objects.create(survey=survey, score=score, at=after(101 + minute))
    shown = page(client, f"/insight/voice/?{WEEK}")
    card = shown.split("Ease (CES)")[1].split("</li>")[0]
    assert (
        ">5.0</a>" in card and "2.1–7.0 · 4 answers" in card
    )  # Student's t of 7, 6, 4, 3: 5 ± 2.9, and no score is above 7
    assert 'id="chart-ces"' in shown and "2.1–7.0" in shown.split('id="chart-ces"')[1].split("</section>")[0]

    behind = page(client, re.findall(r'href="([^"]+)"', card)[0])
    assert "Ease (CES)" in behind and "Çok kolaydı" in behind
    file = client.get(f"/insight/voice/export/?table=ces&{WEEK}")
    assert "2.1–7.0" in b"".join(file.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]


def cells(shown: str, table: str, name: str) -> dict[str, str]:
    """The numbers of one line of a table, each with where it leads: {"2": "/insight/…"}."""
    section = shown.split(f'id="table-{table}"')[1].split("</section>")[0]
    (line,) = [row for row in section.split("<tr")[1:] if f">{name}</a></th>" in row]
    return {n: url for url, n in re.findall(r'<a class="link" href="([^"]+)">(\d+)</a>', line)}


def test_by_product_leads_to_what_its_buyers_wrote(week: None) -> None:
    sold("Keten nevresim", Contact.objects.get(name="Ayşe Yılmaz"), after(10), number="10482")
    said("Nevresim yırtık çıktı", after(200))
    client = reader(cast.deniz())
    found = cells(page(client, f"/insight/voice/?{WEEK}"), "product", "Keten nevresim")

    behind = page(client, found["2"])
    assert "Nevresim yırtık çıktı" in behind and "Kargo gelmedi" in behind
    assert "Kutu ezik" not in behind and "harika" not in behind


def test_a_theme_says_who_writes_of_it_by_product_channel_segment_and_topic(theme: Theme) -> None:
    ayse, elif_ = (Contact.objects.get(identities__value=who.value) for who in (cast.AYSE, cast.ELIF))
    for number, one in enumerate((ayse, elif_)):
        sold("Keten nevresim", one, after(10), number=str(number))
    tagging.tag(contacts=[ayse.pk], name="Toptan", by=cast.zeynep(), at=after(11))
    said("Toptan alıyorum, teşekkürler", after(300), kind="praise")  # of no theme
    client = reader(cast.deniz())
    shown = page(client, f"/insight/voice/themes/{theme.pk}/")

    wrote = {"Kargo gelmedi, nerede kaldı", "Kutu ezik geldi"}
    for table, name, texts in (
        ("product", "Keten nevresim", wrote),
        ("channel", "E-mail", wrote),
        ("tag", "Toptan", {"Kargo gelmedi, nerede kaldı"}),
        ("topic", "Kargo", wrote),
    ):
        behind = page(client, cells(shown, table, name)[str(len(texts))])
        assert {text for text in (*wrote, "Toptan alıyorum") if text in behind} == texts, table


def test_leads_name_hide_and_merge_themes_and_agents_do_not(theme: Theme) -> None:
    other = Theme.objects.create(words=["iade"], begins_on=after(0).date(), found_at=after(0))
    root = f"/insight/voice/themes/{theme.pk}"
    assert reader(cast.zeynep()).post(f"{root}/name/", {"name": "Ezik kutu"}).status_code == 403
    client = reader(cast.can())
    client.post(f"{root}/name/", {"name": "Ezik kutu"})
    client.post(f"{root}/merge/", {"other": other.pk})
    assert "Ezik kutu" in page(client, f"{root}/")
    assert client.get(f"/insight/voice/themes/{other.pk}/").headers["Location"] == f"{root}/"
    client.post(f"/insight/voice/themes/{other.pk}/split/")
    client.post(f"{root}/hide/")

    theme.refresh_from_db()
    other.refresh_from_db()
    assert theme.hidden_at and not other.merged_into_id
    themes_naming.show(theme=theme, by=cast.can(), at=after(0))


@pytest.mark.usefixtures("week")
def test_the_week_stands_as_the_letter_tells_it() -> None:
    shown = page(reader(cast.deniz()), "/insight/voice/week/?week=2026-11-16")
    assert "3 messages" in shown and "harika" in shown and "Mehmet K." in shown and "Mehmet Kaya" not in shown


@pytest.mark.parametrize(
    "query",
    ["topic=999999999999999999999", "channel=%27%3Bdrop", "from=x&to=y", "theme=7", "tag=-1", "before=x~y", "week=0"],
)
def test_bad_addresses_get_a_page(query: str) -> None:
    client = reader(cast.deniz())
    for path in ("", "messages/", "week/", "themes/"):
        page(client, f"/insight/voice/{path}?{query}")


def test_what_is_narrowed_to_a_theme_says_so_and_has_no_scores_of_everybody(theme: Theme) -> None:
    client = reader(cast.deniz())
    assert "Loyalty (NPS)" in page(client, f"/insight/voice/?{WEEK}")

    shown = page(client, f"/insight/voice/?{WEEK}&theme={theme.pk}")
    assert re.search(rf'class="chip is-set" href="/insight/voice/\?{WEEK}">{theme} ', shown)
    assert "Loyalty (NPS)" not in shown
    for narrowed in ("channel=email", "topic=0", "product=7"):
        assert "Loyalty (NPS)" not in page(client, f"/insight/voice/?{WEEK}&{narrowed}")


@pytest.mark.usefixtures("week")
def test_answers_go_on_on_the_next_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("muhatap.web.insight.voice.pages.ANSWERS", 2)
    survey = Survey.objects.get()
    for score in (1, 2, 3):
        Response.objects.create(survey=survey, score=score, at=after(200))
    client, url, found = reader(cast.deniz()), f"/insight/voice/answers/?{WEEK}&kind=nps", []
    while url:
        shown = page(client, url)
        found += re.findall(r'<td class="num">(\d+)</td>', shown)
        url = next(iter(re.findall(r'href="([^"]+)" rel="next"', shown)), "")
    assert found == ["3", "2", "1", "9"]


def test_the_weeks_of_a_theme_are_a_file(theme: Theme) -> None:
    client = reader(cast.deniz())
    path = f"/insight/voice/export/?table=weeks&theme={theme.pk}"
    assert "table=weeks" in page(client, f"/insight/voice/themes/{theme.pk}/")
    lines = b"".join(client.get(path).streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 13 and lines[-1].endswith("2,2") and lines[1].endswith("0,0")
    assert client.get("/insight/voice/export/?table=weeks").status_code == 404
