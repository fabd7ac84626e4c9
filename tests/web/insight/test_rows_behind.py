"""What the week, its letter and the list of themes count leads to as many rows; beside the voice stand the other reports."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core import mail

from muhatap.accounts.models import Team, User, Visibility
from muhatap.conversations.models import Conversation
from muhatap.flow import promises, weekly
from muhatap.service.models import Promise
from muhatap.service.promising import Terms
from muhatap.understanding.models import Reading, Theme, ThemeMember, ThemeWeek
from tests import cast
from tests.insight.conftest import after
from tests.insight.voice_world import said
from tests.web.english import page, reader

pytestmark = pytest.mark.django_db
DAY = 24 * 60
HOST = "https://destek.ihlamurev.example"


@pytest.fixture(autouse=True)
def _monday_after(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.HAS_MAIL, settings.PUBLIC_URL = True, HOST
    monkeypatch.setattr("muhatap.shared.clock.now", lambda: after(7 * DAY))


def promised(thread: Conversation, what: str, due: float, by: User) -> Promise:
    """Due so many days after the Monday of the week, made the day before it."""
    terms = Terms(what=what, due_at=after(due * DAY), time_zone="Europe/Istanbul", kind="delivery")
    return promises.make(contact=thread.contact, conversation=thread, terms=terms, by=by, at=after(-DAY))


@pytest.fixture
def thread() -> Conversation:
    return said("Kargom nerede kaldı acaba", after(-2 * DAY)).conversation


@pytest.fixture
def kept(thread: Conversation) -> None:
    """Of four promises of the week three were kept; one was withdrawn, one is of the week after."""
    zeynep, can = cast.zeynep(), cast.can()
    for number, by in enumerate((zeynep, zeynep, can)):
        made = promised(thread, f"Tutulan {number}", number, by)
        promises.end(promise=made, outcome="kept", by=by, at=made.due_at - timedelta(hours=1))
    promised(thread, "Unutulan", 4, can)
    gone = promised(thread, "Vazgeçilen", 5, can)
    promises.end(promise=gone, outcome="withdrawn", by=can, at=after(2 * DAY), why="İstemedi")
    promised(thread, "Haftaya", 8, zeynep)


def promises_of(shown: str) -> list[str]:
    return sorted(set(re.findall(r"Tutulan \d|Unutulan|Vazgeçilen|Haftaya", shown)))


@pytest.mark.usefixtures("kept")
def test_promises_kept_in_the_letter_leads_to_all_that_were_due_in_the_week() -> None:
    said("Kutu ezik geldi, çok üzüldüm", after(60))
    deniz = reader(cast.deniz())
    weekly.send_due(at=after(7 * DAY))
    letter = next(one for one in mail.outbox if one.to == ["deniz@ihlamurev.example"])
    found = re.search(r"Promises kept: 75% \(3 of 4\)\n  " + HOST + r"(\S+)", str(letter.body))
    assert found
    assert promises_of(page(deniz, found[1])) == ["Tutulan 0", "Tutulan 1", "Tutulan 2", "Unutulan"]
    assert f'href="{HOST}{found[1]}"' in unescape(str(letter.alternatives[0][0]))  # type: ignore[attr-defined]


@pytest.mark.usefixtures("kept")
def test_promises_kept_on_the_page_of_the_week_leads_there_too() -> None:
    deniz = reader(cast.deniz())
    found = re.search(rf'href="{HOST}(/promises/[^"]+)">75%', page(deniz, "/insight/voice/week/?week=2026-11-16"))
    assert found
    assert len(promises_of(page(deniz, found[1]))) == 4


@pytest.mark.usefixtures("kept")
def test_who_may_not_see_the_conversations_is_told_how_many_promises_there_are() -> None:
    nobody = cast.staff("yeni@ihlamurev.example", "Yeni Biri", "agent", Visibility.OWN)
    shown = page(reader(nobody), "/promises/?whose=all&state=owed&from=2026-11-16&to=2026-11-22")
    assert not promises_of(shown)
    assert "4 of these you may not see." in shown and "No promises here" not in shown


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    ("finer", "n"),
    [
        ("person={zeynep}", 2),
        ("person={zeynep}&state=in_time", 2),
        ("state=in_time", 3),
        ("state=withdrawn", 1),
        ("kind=delivery", 4),
        ("value=none", 4),
        ("team={team}", 4),
    ],
)
def test_an_agent_is_told_nothing_of_others_that_the_report_would_not_tell(finer: str, n: int) -> None:
    team = Team.objects.create(name="Söz verenler")
    Promise.objects.update(team=team)
    part = finer.format(zeynep=cast.zeynep().pk, team=team.pk)
    query = f"whose=all&state=owed&from=2026-11-16&to=2026-11-22&{part}"
    told = {}
    for role in ("agent", "analyst"):
        who = cast.staff(f"{role}@ihlamurev.example", "Yeni Biri", role, Visibility.OWN)
        told[role] = page(reader(who), f"/promises/?{query}")
        assert not promises_of(told[role])
    assert "you may not see" not in told["agent"] and f"{n} of these you may not see." in told["analyst"]


@pytest.mark.usefixtures("kept")
def test_who_reads_the_report_is_told_of_a_part_too_within_five_years() -> None:
    analyst = reader(cast.staff("yeni@ihlamurev.example", "Yeni Biri", "analyst", Visibility.OWN))
    asked = f"/promises/?whose=all&state=owed&person={cast.zeynep().pk}&to=2026-11-22"
    assert "2 of these you may not see." in page(analyst, f"{asked}&from=2026-11-16")
    assert "you may not see" not in page(analyst, f"{asked}&from=2001-01-01")


@pytest.mark.usefixtures("kept")
def test_who_sees_everything_is_told_of_nothing_hidden_even_where_conversations_are_gone() -> None:
    Promise.objects.update(conversation_id=987654321)
    shown = page(reader(cast.deniz()), "/promises/?whose=all&state=owed&from=2026-11-16&to=2026-11-22")
    assert len(promises_of(shown)) == 4 and "you may not see" not in shown


def test_in_a_week_that_is_not_over_nothing_is_owed_that_is_still_ahead(
    thread: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("muhatap.shared.clock.now", lambda: after(2 * DAY))
    promised(thread, "Unutulan", 1, cast.zeynep())
    promised(thread, "Haftaya", 4, cast.zeynep())
    said("Kutu ezik geldi", after(60))
    assert "0 of 1" in page(reader(cast.deniz()), "/insight/voice/week/?week=2026-11-16")


@pytest.fixture
def theme() -> Theme:
    """One wrote of it the week before, three in the week; a fourth wrote of something else."""
    found = Theme.objects.create(words=["kutu", "ezik"], begins_on=after(-7 * DAY).date(), found_at=after(0))
    for week, people in ((-1, (cast.AYSE,)), (0, (cast.AYSE, cast.ELIF, cast.EMILY))):
        on = after(week * 7 * DAY).date()
        for minute, who in enumerate(people):
            message = said("Kutu ezik geldi", after(week * 7 * DAY + minute), sender=who)
            reading = Reading.objects.get(interaction=message.interaction)
            ThemeMember.objects.create(theme=found, reading=reading, week_on=on, near=0.9)
        ThemeWeek.objects.create(theme=found, begins_on=on, n_messages=len(people), n_people=len(people), n_all=9)
    said("Ellerinize sağlık", after(90), kind="praise", sender=cast.MEHMET)
    return found


@pytest.mark.parametrize(
    ("day", "counts"),
    [(4, [("3", "this week"), ("4", "in twelve weeks")]), (7, [("4", "in twelve weeks")])],  # on the Monday after: 0
)
def test_the_counts_of_the_list_of_themes_lead_to_what_these_people_wrote(
    theme: Theme, monkeypatch: pytest.MonkeyPatch, day: int, counts: list[tuple[str, str]]
) -> None:
    monkeypatch.setattr("muhatap.shared.clock.now", lambda: after(day * DAY))
    deniz = reader(cast.deniz())
    found = re.findall(
        r'<a class="link" href="([^"]+)">(\d) (this week|in twelve weeks)', page(deniz, "/insight/voice/themes/")
    )
    assert [told for _link, *told in found] == [list(told) for told in counts]
    for link, n, _said in found:
        shown = page(deniz, link)
        assert shown.count("Kutu ezik geldi") == int(n) and "Ellerinize" not in shown
    assert f"theme={theme.pk}" in found[0][0]


def test_beside_the_voice_stand_surveys_and_what_quality_costs_for_whoever_reads_them() -> None:
    shown = page(reader(cast.deniz()), "/insight/voice/")
    assert 'href="/surveys/"' in shown and 'href="/cases/cost/"' in shown
    shown = page(reader(cast.zeynep()), "/insight/voice/")
    assert 'href="/surveys/"' not in shown and 'href="/cases/cost/"' not in shown
