"""The nightly look: themes stay who they are, what jumps is told once to those who may see it, people name and merge."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from muhatap.flow import themes as flow
from muhatap.insight import themes as reports
from muhatap.notices import telling, words
from muhatap.notices.models import Kind, Notice
from muhatap.understanding import themes, themes_naming
from muhatap.understanding.models import Theme, ThemeLook, ThemeMember, ThemeWeek
from tests import cast
from tests.insight.conftest import after
from tests.insight.voice_world import many, said

pytestmark = pytest.mark.django_db
LATE = ["kargo gelmedi", "Kargom hâlâ gelmedi", "kargo neden gelmedi", "yine kargo gelmedi", "lütfen, kargo gelmedi"]
SMELL = [
    "nevresim naylon kokuyor",
    "nevresimde naylon kokusu",
    "naylon kokan nevresim",
    "nevresim çok kokuyor naylon",
    "bu nevresim naylon kokulu",
    "naylon gibi kokuyor nevresim",
]
AT = after(5 * 24 * 60)


def _look(*, weeks: int = 0) -> ThemeLook:
    return themes.look(at=AT + timedelta(weeks=weeks), words=_excerpts)


def _excerpts(numbers: object) -> dict[int, str]:
    from muhatap.interactions.models import Interaction

    return dict(Interaction.objects.values_list("pk", "excerpt"))


@pytest.fixture
def quiet_weeks() -> None:
    """Eight weeks in which people write of late parcels, as ever."""
    for week in range(-8, 1):
        many(LATE, week=week, of="late")


@pytest.mark.usefixtures("quiet_weeks")
def test_a_new_subject_is_found_and_jumps_in_its_first_week_and_the_old_one_does_not() -> None:
    first = _look()
    assert (first.n_new, first.n_jumps) == (1, 0)
    old = Theme.objects.get()

    many(SMELL, week=0, of="smell")
    second = _look()
    assert (second.n_new, second.n_jumps) == (1, 1)
    new = Theme.objects.exclude(pk=old.pk).get()
    assert (ThemeMember.objects.filter(theme=old).count(), new.members.count()) == (45, 6)
    assert new.weeks.get().is_jump
    assert "naylon" in new.words

    third = _look()  # again: nobody is found twice
    assert (third.n_new, Theme.objects.count(), ThemeMember.objects.count()) == (0, 2, 51)
    jumping, usual = reports.all_of(at=AT)
    assert (jumping.theme, jumping.is_new, usual.is_jump) == (new, True, False)


@pytest.mark.usefixtures("quiet_weeks")
def test_who_watches_is_told_once_also_of_a_jump_made_of_posts_alone() -> None:
    many(SMELL, week=0, of="smell")  # no message of any conversation
    cast.can(), cast.zeynep()
    _look()

    assert flow.tell(at=AT) == 1
    assert flow.tell(at=AT) == 0
    notice = Notice.objects.get(kind=Kind.THEME, user=cast.can())
    assert words.path(notice) == f"/insight/voice/themes/{ThemeWeek.objects.get(is_jump=True).theme_id}/"
    assert "naylon" in words.said(notice).text
    assert not Notice.objects.filter(user=cast.zeynep()).exists()  # figures of everybody are not hers


@pytest.mark.usefixtures("quiet_weeks")
def test_what_is_written_late_on_sunday_is_compared_and_told_on_monday() -> None:
    for n, text in enumerate(SMELL):
        claim = cast.Claim(kind="email", value=f"k{n}@ornek.example", is_verified=True)
        said(text, after(6 * 24 * 60 + 60 + n), sender=claim)  # Sunday, ten o'clock
    cast.can()

    flow.look(at=after(7 * 24 * 60 - 5 * 60))  # Monday, four o'clock
    week = ThemeWeek.objects.get(is_jump=True)
    assert (week.begins_on, week.n_people, week.told_at is not None) == (after(0).date(), 6, True)
    assert Notice.objects.filter(kind=Kind.THEME, user=cast.can()).count() == 1


@pytest.mark.usefixtures("quiet_weeks")
def test_a_jump_that_nobody_watched_is_told_when_somebody_does() -> None:
    many(SMELL, week=0, of="smell")
    _look()
    assert flow.tell(at=AT) == 0

    cast.can()
    assert flow.tell(at=AT) == 1


@pytest.mark.usefixtures("quiet_weeks")
def test_of_many_messages_the_same_are_read_every_night_and_only_they_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(themes, "MOST_A_WEEK", 4)
    nights: list[set[int]] = []
    for n in range(3):  # nights between which more is written
        many(LATE, week=0, of=f"more{n}")
        _look()
        week = ThemeWeek.objects.get(begins_on=after(0).date())
        assert week.n_messages == week.n_people <= week.n_all == 4
        past = ThemeMember.objects.filter(week_on__lt=after(0).date())
        nights.append(set(past.values_list("reading_id", flat=True)))
    assert all(night == nights[0] for night in nights)


@pytest.mark.usefixtures("quiet_weeks")
def test_an_alarm_keeps_telling_of_its_own_week_until_the_theme_is_looked_at_or_hidden() -> None:
    many(SMELL, week=0, of="smell")
    can = cast.can()
    _look()
    flow.tell(at=AT)
    week = ThemeWeek.objects.get(is_jump=True)
    later = week.begins_on + timedelta(weeks=1)
    ThemeWeek.objects.create(theme=week.theme, begins_on=later, n_messages=47, n_people=47, n_all=99)

    with CaptureQueriesContext(connection) as asked:
        [told] = telling.grouped(can)
        assert "6" in words.said(told.notice).text and "47" not in words.said(told.notice).text
    assert len(asked) <= 3  # the notices with all their words; what the reader sees
    assert telling.n_unseen(can) == 1

    telling.see_thing(user=can, thing=week.theme, at=AT)
    assert telling.n_unseen(can) == 0
    Theme.objects.update(hidden_at=AT)
    assert telling.grouped(can) == []


@pytest.mark.usefixtures("quiet_weeks")
def test_a_name_stays_over_looks_and_a_merge_counts_for_the_one_kept_until_it_is_taken_back() -> None:
    many(SMELL, week=0, of="smell")
    _look()
    keep, drop = Theme.objects.order_by("pk")
    themes_naming.name(theme=keep, name="  Geciken   kargo ", by=cast.can(), at=AT)
    themes_naming.merge(keep=keep, drop=drop, by=cast.can(), at=AT)
    _look()

    keep.refresh_from_db()
    week = keep.weeks.get(begins_on=themes.monday(AT))
    assert (str(keep), week.n_people, Theme.objects.count()) == ("Geciken kargo", 11, 2)
    drop.refresh_from_db()
    themes_naming.split(theme=drop, by=cast.can(), at=AT)
    _look()
    assert keep.weeks.get(begins_on=themes.monday(AT)).n_people == 5
    with pytest.raises(themes_naming.NotOne):
        themes_naming.merge(keep=keep, drop=keep, by=cast.can(), at=AT)

    keep, drop, old_keep, old_drop = (*Theme.objects.order_by("pk"), *Theme.objects.order_by("pk"))
    themes_naming.merge(keep=keep, drop=drop, by=cast.can(), at=AT)
    with pytest.raises(themes_naming.NotOne):  # somebody who looked at them before
        themes_naming.merge(keep=old_drop, drop=old_keep, by=cast.can(), at=AT)


@pytest.mark.usefixtures("quiet_weeks")
def test_a_hidden_theme_rings_no_more() -> None:
    many(SMELL, week=0, of="smell")
    _look()
    theme = ThemeWeek.objects.get(is_jump=True).theme
    ThemeWeek.objects.update(is_jump=False)
    themes_naming.hide(theme=theme, by=cast.can(), at=AT)

    assert _look().n_jumps == 0
